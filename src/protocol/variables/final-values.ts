import { expandWithin } from './expand-finally.ts';
import { MOST_PUT_IN, MOST_PUT_IN_ALL } from './put-in.ts';
import type { Variable } from './variable.ts';

export interface FinalValues {
  /** By key, in order of first appearance. */
  readonly values: ReadonlyMap<string, string>;
  /** The value of any variable, also of one that a later one with its key has replaced. */
  finalValue(variable: Variable): string;
  /** Keys of those that stay as they were sent, because they would get far too long. */
  readonly tooLong: ReadonlySet<string>;
}

/**
 * Values as a step sees them: the last of equal keys, expanded once against all the others as they were sent. A file variable is its
 * path. The runner's environment and a coordinator's idea of a job's settings both come from here.
 */
export function finalValues(variables: readonly Variable[], pathOf: (key: string) => string): FinalValues {
  const known = new Map(variables.map((variable) => [variable.key, variable]));
  const unexpanded = (name: string): string | undefined => {
    const variable = known.get(name);
    return variable?.file ? pathOf(name) : variable?.value;
  };
  const expanded = new Map<Variable, string>();
  const tooLong = new Set<string>();
  let left = MOST_PUT_IN_ALL;
  const expand = ({ key, value }: Variable): string => {
    const { text, isTooLong } = expandWithin(value, unexpanded, Math.min(left, MOST_PUT_IN));
    left -= Math.max(0, text.length - value.length);
    if (isTooLong) tooLong.add(key);
    return text;
  };
  const finalValue = (variable: Variable): string => {
    if (variable.raw) return variable.value;
    const final = expanded.get(variable) ?? expand(variable);
    expanded.set(variable, final);
    return final;
  };
  const values = new Map(
    [...known.values()].map((variable) => [variable.key, variable.file ? pathOf(variable.key) : finalValue(variable)]),
  );
  return { values, finalValue, tooLong };
}

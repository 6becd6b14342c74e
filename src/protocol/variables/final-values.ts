import { expandFinally } from './expand-finally.ts';
import type { Variable } from './variable.ts';

export interface FinalValues {
  /** By key, in order of first appearance. */
  readonly values: ReadonlyMap<string, string>;
  /** The value of any variable, also of one that a later one with its key has replaced. */
  finalValue(variable: Variable): string;
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
  const finalValue = (variable: Variable) =>
    variable.raw ? variable.value : expandFinally(variable.value, unexpanded);
  const values = new Map(
    [...known.values()].map((variable) => [variable.key, variable.file ? pathOf(variable.key) : finalValue(variable)]),
  );
  return { values, finalValue };
}

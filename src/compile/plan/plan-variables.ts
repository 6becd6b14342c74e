import { plainVariable, type Variable } from '../../protocol/index.ts';
import type { JobVariables, RootVariables } from '../shape/variables.ts';
import { isMapping } from '../yaml/mapping.ts';

const NONE: readonly Variable[] = [];

/** Variables as written, in order, each value as the text a script sees. */
export function planVariables(variables: RootVariables | JobVariables | null | undefined): readonly Variable[] {
  if (variables === null || variables === undefined) return NONE;
  return Object.keys(variables).map((key) => {
    const variable: unknown = variables[key];
    if (!isMapping(variable)) return plainVariable(key, textOf(variable), { raw: false });
    return plainVariable(key, textOf(variable.value), { raw: variable.expand === false });
  });
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** Later lists win over earlier ones. */
export function mergeVariables(base: readonly Variable[], over: readonly Variable[]): readonly Variable[] {
  if (over.length === 0) return base;
  if (base.length === 0) return over;
  const kept = base.some(({ key }) => hasKey(over, key)) ? base.filter(({ key }) => !hasKey(over, key)) : base;
  return kept.concat(over);
}

/** The lists are short; a set for each job costs more than it saves. */
export function hasKey(variables: readonly Variable[], key: string): boolean {
  for (const variable of variables) if (variable.key === key) return true;
  return false;
}

import type { PlanVariable } from '../../protocol/index.ts';
import type { JobVariables, RootVariables } from '../shape/variables.ts';
import { isMapping } from '../yaml/mapping.ts';

const NONE: readonly PlanVariable[] = [];

/** Variables as written, in order, each value as the text a script sees. */
export function planVariables(variables: RootVariables | JobVariables | null | undefined): readonly PlanVariable[] {
  if (variables === null || variables === undefined) return NONE;
  const planned: PlanVariable[] = [];
  for (const key in variables) {
    const variable: unknown = variables[key];
    if (!isMapping(variable)) planned.push({ key, value: String(variable), raw: false });
    else planned.push({ key, value: textOf(variable.value), raw: variable.expand === false });
  }
  return planned;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** Later lists win over earlier ones; a variable keeps the place of its first mention. */
export function mergeVariables(base: readonly PlanVariable[], over: readonly PlanVariable[]): readonly PlanVariable[] {
  if (over.length === 0) return base;
  if (base.length === 0) return over;
  const keys = new Set(over.map((variable) => variable.key));
  return [...base.filter((variable) => !keys.has(variable.key)), ...over];
}

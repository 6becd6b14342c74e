import type { VariableLookup } from '../values/index.ts';
import type { ConditionCache } from './condition-cache.ts';
import type { Expression } from './expression.ts';

export declare function evaluateExpression(
  expression: Expression,
  variables: VariableLookup,
  cache: ConditionCache,
): boolean;

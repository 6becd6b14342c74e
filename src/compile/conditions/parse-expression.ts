import type { ParsedExpression } from './expression.ts';

/** Source: the grammar of `rules:if`. Prefer `ConditionCache.parse`, which parses equal texts once. */
export declare function parseExpression(text: string): ParsedExpression;

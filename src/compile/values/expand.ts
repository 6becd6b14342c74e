import type { VariableLookup } from './lookup.ts';

/** Replaces `$NAME`, `${NAME}` and `%NAME%` once, by values that are already expanded. `$$` and unknown names stay as written. */
export declare function expandText(text: string, lookup: VariableLookup): string;

export interface UnexpandedVariable {
  readonly key: string;
  readonly value: string;
  /** Taken as it is. */
  readonly raw: boolean;
}

export interface ExpandedVariables {
  /** Every key once; where keys repeat, the last one counts. A variable in a cycle keeps its text as written. */
  readonly values: ReadonlyMap<string, string>;
  /** Each cycle as its keys in order, such as `['A', 'B']` for A → B → A. */
  readonly cycles: readonly (readonly string[])[];
}

/** Expands variables that refer to each other, and to `outer` where they themselves lack a name. */
export declare function expandVariables(
  variables: Iterable<UnexpandedVariable>,
  outer?: VariableLookup,
): ExpandedVariables;

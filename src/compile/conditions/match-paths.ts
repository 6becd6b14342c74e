/** The paths a clause is compared with; `unknown` makes `changes` hold. Paths are relative, `/`-separated. */
export type PathSource =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'unknown' }
  /** Such as a ref that does not resolve: the pipeline cannot be made. */
  | { readonly kind: 'error'; readonly message: string };

/** `changes: [a, b]` is `{ paths: [a, b], compareTo: null }`. */
export interface ChangesClause {
  readonly paths: readonly string[];
  readonly compareTo: string | null;
}

/** `exists: [a, b]` is `{ paths: [a, b], project: null, ref: null }`. */
export interface ExistsClause {
  readonly paths: readonly string[];
  readonly project: string | null;
  readonly ref: string | null;
}

/** What the caller knows about files. Asked at most once per argument and cache; variables in the arguments are expanded. */
export interface FileSources {
  /** `compareTo` null: the pipeline's own changes. */
  readonly changed: (compareTo: string | null) => PathSource;
  readonly existing: (project: string | null, ref: string | null) => PathSource;
}

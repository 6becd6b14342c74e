/** One `only` or `except`; a list form is `{ refs: [...] }`. null: that part was not written. */
export interface RefPolicy {
  readonly refs: readonly string[] | null;
  /** Expressions, of which one must hold. */
  readonly variables: readonly string[] | null;
  readonly changes: readonly string[] | null;
  /** `kubernetes: active`. */
  readonly kubernetes: boolean;
}

/** What `refs` are compared with. */
export interface PipelineRef {
  /** Branch or tag name; of a merge request pipeline its source branch. */
  readonly name: string;
  readonly kind: 'branch' | 'tag' | 'merge_request';
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  readonly projectPath: string;
}

/** The policy of a job that has neither `rules` nor `only`, unless the file has `workflow:rules`. */
export const DEFAULT_ONLY_REFS: readonly string[] = ['branches', 'tags'];

import type { Problem } from '../../base/index.ts';

/** A variable that whoever starts a pipeline, or plays a job, hands in. */
export interface GivenVariable {
  readonly key: string;
  readonly value: string;
  /** `file`: written to a file; the variable holds its path. */
  readonly kind: 'env_var' | 'file';
}

/** What a pipeline is to be made for. */
export interface PipelineRequest {
  readonly projectId: number;
  /** Short name of a branch or tag. */
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  /** What the ref was at before the push; null: not a push, or nothing before. */
  readonly beforeSha: string | null;
  /** `CI_PIPELINE_SOURCE`: `push`, `api`, `web`, `trigger`, … */
  readonly source: string;
  readonly userId: number | null;
  readonly variables: readonly GivenVariable[];
  /** Values for `spec:inputs`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The push or its commit asks for no pipeline (`[ci skip]`): one is made that is `skipped` and has no jobs. */
  readonly isSkipped?: boolean;
}

export type PipelineAnswer =
  /** `problems`: those of a file that cannot be run, so that the pipeline has failed at once. */
  | {
      readonly kind: 'created';
      readonly id: number;
      readonly iid: number;
      readonly isSkipped: boolean;
      readonly problems: readonly Problem[];
    }
  /** The file is fine, or there is none, and makes no pipeline here; `why` is for people. */
  | { readonly kind: 'none'; readonly why: string }
  /** Nothing was made. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

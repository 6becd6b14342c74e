import type { JobState, Refusal, RunnerFeatures } from '../../lifecycle/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { RunnerFit } from '../../store/index.ts';

/** A runner that asks for work, as far as handing out has to know it. */
export interface RunnerAsking {
  readonly runnerId: number;
  readonly managerId: number | null;
  readonly fit: RunnerFit;
  readonly features: RunnerFeatures;
  readonly info: RunnerInfo;
}

export interface RunnerInfo {
  /** Names of `info.features` that it set to true. */
  readonly features: ReadonlySet<string>;
  readonly description: string;
  /** s; jobs get no longer `timeout` than this. Null: no limit. */
  readonly maximumTimeoutS: number | null;
}

/** One job, or the cleanup of one, that belongs to one runner from now on. */
export interface HandOut {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly attempt: number;
  readonly kind: 'job' | 'cleanup';
  /** The job token; nothing but its hash is stored. */
  readonly token: string;
  readonly payload: JobPayload;
}

/** What a runner says of its attempt. Whatever holds of the job is known: this only adds to it. */
export type RunnerAnswer =
  | { readonly kind: 'applied'; readonly job: JobState }
  /** Say it as GitLab does: 403 with `Job-Status`, or, for `script_is_over` and `not_canceled`, 409. */
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly job: JobState }
  | { readonly kind: 'unknown' };

import type { Status } from '../../protocol/index.ts';
import type { CancelCause, JobEffect, JobEvent, Refusal, SchedulingEvent } from '../job/index.ts';
import type { PipelineState } from './state/pipeline-state.ts';

/** Events that may reach a job from outside; scheduling is the pipeline's own business. */
export type OutsideJobEvent = Exclude<JobEvent, SchedulingEvent>;

export type PipelineEvent =
  /** Sent once, after creation: readies what can start. */
  | { readonly type: 'start' }
  | { readonly type: 'job'; readonly job: number; readonly event: OutsideJobEvent }
  /** `only: 'interruptible'` leaves the other jobs alone; the pipeline then goes on. */
  | {
      readonly type: 'cancel';
      readonly by: string;
      readonly cause: CancelCause;
      readonly only?: 'interruptible';
    }
  | { readonly type: 'force_cancel'; readonly by: string }
  /** A person runs a finished (or canceling) job again: a new job with a number of its own. */
  | { readonly type: 'retry'; readonly job: number };

/** What has to be done, in this order, by whoever drives the pipeline. `job` is a job's number. */
export type PipelineEffect =
  | (JobEffect & { readonly job: number })
  /**
   * Send the job a `tick` at this instant, not before: an early one changes nothing, and nobody asks for another. A later `wake` for the
   * same job replaces it.
   */
  | { readonly type: 'wake'; readonly job: number; readonly at: number }
  /** `job` takes the place of `of`, which stays failed and leaves every sum. */
  | { readonly type: 'retry_created'; readonly job: number; readonly of: number }
  /** Resource groups reach beyond one pipeline: answer `resource_granted` once nobody else holds the key. */
  | { readonly type: 'resource_wanted'; readonly job: number; readonly key: string }
  /** The job holds the key no longer, or waits for it no longer. */
  | { readonly type: 'resource_released'; readonly job: number; readonly key: string }
  | { readonly type: 'pipeline_changed'; readonly status: Status };

export interface PipelineResult {
  readonly state: PipelineState;
  readonly effects: readonly PipelineEffect[];
  /** Numbers of the jobs that are new or not as they were, each once; the others are the same values as before. */
  readonly touched: readonly number[];
  /** Set when the event was turned down; the state is then as it was. */
  readonly refused: Refusal | null;
}

import type { PipelineEffect } from './pipeline-event.ts';
import type { PipelineJob, PipelineState } from './pipeline-state.ts';
import { slotAt, withSlot } from './slots.ts';

/**
 * A pipeline in the middle of one event. The only mutable thing in this room: `applyPipeline` makes it and keeps it to itself.
 * Each change of a job updates the sums and marks who may be ready because of it; nothing is recomputed from all jobs.
 */
export interface Draft {
  state: PipelineState;
  readonly now: number;
  readonly effects: PipelineEffect[];
  /** Positions whose turn may have come. */
  readonly turns: number[];
  /** Resource groups that may have a new holder, by index. */
  readonly groups: number[];
  /** Ids of jobs that failed for good and may not: where `auto_cancel` says so, each cancels the pipeline. */
  readonly failures: number[];
}

export function draftOf(state: PipelineState, now: number): Draft {
  return { state, now, effects: [], turns: [], groups: [], failures: [] };
}

export function jobAt(draft: Draft, index: number): PipelineJob {
  return slotAt(draft.state.jobs, index);
}

/** Index of the job that counts for a position. */
export function currentIndex(draft: Draft, position: number): number {
  return slotAt(draft.state.current, position);
}

export function currentJob(draft: Draft, position: number): PipelineJob {
  return jobAt(draft, currentIndex(draft, position));
}

/** Replaces a job, or adds one at the end. */
export function putJob(draft: Draft, index: number, job: PipelineJob): void {
  draft.state = { ...draft.state, jobs: withSlot(draft.state.jobs, index, job) };
}

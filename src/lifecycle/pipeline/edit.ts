import type { PipelineEffect } from './pipeline-event.ts';
import type { PipelineJob, PipelineState } from './state/pipeline-state.ts';
import { slotAt, withSlot } from './state/slots.ts';

/**
 * A pipeline in the middle of one event. The only mutable thing in this room: `applyPipeline` makes it and keeps it to itself.
 * Each change of a job updates the sums and marks who may be ready because of it; nothing is recomputed from all jobs.
 */
export interface Edit {
  state: PipelineState;
  readonly now: number;
  readonly effects: PipelineEffect[];
  /** Numbers of the jobs that are not as they were. */
  readonly touched: Set<number>;
  /** Positions whose turn may have come. */
  readonly turns: number[];
  /** Names of jobs that failed for good and may not: where `auto_cancel` says so, each cancels the pipeline. */
  readonly failures: string[];
}

export function editOf(state: PipelineState, now: number): Edit {
  return { state, now, effects: [], touched: new Set(), turns: [], failures: [] };
}

export function jobAt(edit: Edit, number: number): PipelineJob {
  return slotAt(edit.state.jobs, number);
}

/** Number of the job that counts for a position. */
export function currentNumber(edit: Edit, position: number): number {
  return slotAt(edit.state.current, position);
}

export function currentJob(edit: Edit, position: number): PipelineJob {
  return jobAt(edit, currentNumber(edit, position));
}

/** Replaces a job, or adds one at the end. */
export function putJob(edit: Edit, job: PipelineJob): void {
  edit.state = { ...edit.state, jobs: withSlot(edit.state.jobs, job.number, job) };
  edit.touched.add(job.number);
}

import type { Status } from '../../../protocol/index.ts';
import { countedIn, rollUp } from '../../decisions/index.ts';
import type { PipelineJob, PipelineState } from './pipeline-state.ts';
import { allSlots, slotAt } from './slots.ts';

/** The job with this number, retried or not. */
export function findJob({ jobs }: PipelineState, number: number): PipelineJob | undefined {
  return Number.isInteger(number) && number >= 0 && number < jobs.length ? slotAt(jobs, number) : undefined;
}

/** The jobs that count, in the order of the file; retried ones left out. */
export function currentJobs(state: PipelineState): readonly PipelineJob[] {
  return allSlots(state.current).map((index) => slotAt(state.jobs, index));
}

/** Every job there ever was, by number. */
export function everyJob(state: PipelineState): readonly PipelineJob[] {
  return allSlots(state.jobs);
}

/** The sum of one stage's jobs. */
export function stageStatus(state: PipelineState, stageIndex: number): Status {
  return rollUp(countedIn(slotAt(state.stages, stageIndex)));
}

import type { Status } from '../../protocol/index.ts';
import { countedIn, rollUp } from '../decisions/index.ts';
import type { PipelineJob, PipelineState } from './pipeline-state.ts';
import { allSlots, slotAt } from './slots.ts';

/** The job with this id, retried or not. */
export function findJob(state: PipelineState, id: number): PipelineJob | undefined {
  const index = id - state.shape.firstJobId;
  return index >= 0 && index < state.jobs.length ? slotAt(state.jobs, index) : undefined;
}

/** The jobs that count, in the order of the file; retried ones left out. */
export function currentJobs(state: PipelineState): readonly PipelineJob[] {
  return allSlots(state.current).map((index) => slotAt(state.jobs, index));
}

/** Every job there ever was, by id. */
export function everyJob(state: PipelineState): readonly PipelineJob[] {
  return allSlots(state.jobs);
}

/** The sum of one stage's jobs. */
export function stageStatus(state: PipelineState, stageIndex: number): Status {
  return rollUp(countedIn(slotAt(state.stages, stageIndex)));
}

import { countedAs, isDone, isTallyDone, tallyOf } from '../../decisions/index.ts';
import type { PipelineJob, PipelineShape, PipelineState } from './pipeline-state.ts';
import { slotsOf } from './slots.ts';

export interface Parts extends Pick<PipelineState, 'status' | 'cancelRequest'> {
  readonly shape: PipelineShape;
  /** Every job ever, by number. */
  readonly jobs: readonly PipelineJob[];
}

/** A pipeline with all of its bookkeeping, counted from nothing but its jobs. */
export function assemblePipeline({ shape, jobs, status, cancelRequest }: Parts): PipelineState {
  const current: PipelineJob[] = [];
  for (const job of jobs) current[job.position] = job;
  const counted = current.map(({ state, allowFailure }) => countedAs(state.status, allowFailure));
  const isOpen = (position: number) => !isDone(counted[position] ?? 'created');
  const ofStage = shape.stageNames.map((): (typeof counted)[number][] => []);
  for (const [position, { stageIndex }] of shape.rules.entries())
    ofStage[stageIndex]?.push(counted[position] ?? 'created');
  const stages = ofStage.map(tallyOf);
  const firstOpen = stages.findIndex((tally) => !isTallyDone(tally));
  return {
    shape,
    status,
    cancelRequest,
    jobs: slotsOf(jobs),
    current: slotsOf(current.map(({ number }) => number)),
    openNeeds: slotsOf(shape.needs.map((needs) => needs?.filter(isOpen).length ?? 0)),
    stages: slotsOf(stages),
    total: tallyOf(counted),
    frontier: firstOpen === -1 ? stages.length : firstOpen,
  };
}

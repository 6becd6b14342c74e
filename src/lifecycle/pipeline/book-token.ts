import { isDone, isSumDone, type Token, tokenOf, withToken } from '../decisions/index.ts';
import { currentJob, type Draft } from './draft.ts';
import type { PipelineState } from './pipeline-state.ts';
import { slotAt, withSlot } from './slots.ts';

/** The current job of a position counted as `before`: books what it counts as now, and who may be ready because of it. */
export function bookToken(draft: Draft, position: number, before: Token): void {
  const { state: job, allowFailure } = currentJob(draft, position);
  const after = tokenOf(job.status, allowFailure);
  if (after === before) return;
  bookSums(draft, position, before, after);
  bookNeeds(draft, position, before, after);
}

function bookSums(draft: Draft, position: number, before: Token, after: Token): void {
  const { state } = draft;
  const stage = state.shape.rules[position]?.stageIndex ?? 0;
  const sum = withToken(withToken(slotAt(state.stages, stage), before, -1), after, 1);
  const total = withToken(withToken(state.total, before, -1), after, 1);
  draft.state = { ...state, total, stages: withSlot(state.stages, stage, sum) };
  moveFrontier(draft, stage);
}

/** Stage mode waits for every job of the stages before. Playing or retrying a job can open a stage again. */
function moveFrontier(draft: Draft, changed: number): void {
  const { state } = draft;
  const isOpen = (stage: number) => !isSumDone(slotAt(state.stages, stage));
  let frontier = state.frontier;
  if (changed < frontier && isOpen(changed)) frontier = changed;
  while (frontier < state.stages.length && !isOpen(frontier)) {
    frontier += 1;
    for (const position of state.shape.stageMode[frontier] ?? []) draft.turns.push(position);
  }
  if (frontier !== state.frontier) draft.state = { ...state, frontier };
}

function bookNeeds(draft: Draft, position: number, before: Token, after: Token): void {
  const change = Number(isDone(before)) - Number(isDone(after));
  for (const dependent of draft.state.shape.neededBy[position] ?? []) {
    const open = slotAt(draft.state.openNeeds, dependent) + change;
    if (change !== 0) draft.state = withOpenNeeds(draft.state, dependent, open);
    // One skipped or ignored need decides, whatever the others do.
    if (open === 0 || after === 'skipped' || after === 'ignored') draft.turns.push(dependent);
  }
}

function withOpenNeeds(state: PipelineState, position: number, open: number): PipelineState {
  return { ...state, openNeeds: withSlot(state.openNeeds, position, open) };
}

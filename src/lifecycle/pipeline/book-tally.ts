import { type Counted, countedAs, isDone, isTallyDone, recount } from '../decisions/index.ts';
import { currentJob, type Edit } from './edit.ts';
import type { PipelineState } from './state/pipeline-state.ts';
import { slotAt, withSlot } from './state/slots.ts';

/** The current job of a position counted as `before`: books what it counts as now, and who may be ready because of it. */
export function bookTally(edit: Edit, position: number, before: Counted): void {
  const { state: job, allowFailure } = currentJob(edit, position);
  const after = countedAs(job.status, allowFailure);
  if (after === before) return;
  bookSums(edit, position, before, after);
  bookNeeds(edit, position, before, after);
}

function bookSums(edit: Edit, position: number, before: Counted, after: Counted): void {
  const { state } = edit;
  const stage = state.shape.rules[position]?.stageIndex ?? 0;
  const sum = recount(recount(slotAt(state.stages, stage), before, -1), after, 1);
  const total = recount(recount(state.total, before, -1), after, 1);
  edit.state = { ...state, total, stages: withSlot(state.stages, stage, sum) };
  moveFrontier(edit, stage);
}

/** Stage mode waits for every job of the stages before. Playing or retrying a job can open a stage again. */
function moveFrontier(edit: Edit, changed: number): void {
  const { state } = edit;
  const isOpen = (stage: number) => !isTallyDone(slotAt(state.stages, stage));
  let frontier = state.frontier;
  if (changed < frontier && isOpen(changed)) frontier = changed;
  while (frontier < state.stages.length && !isOpen(frontier)) {
    frontier += 1;
    for (const position of state.shape.stageMode[frontier] ?? []) edit.turns.push(position);
  }
  if (frontier !== state.frontier) edit.state = { ...state, frontier };
}

function bookNeeds(edit: Edit, position: number, before: Counted, after: Counted): void {
  const change = Number(isDone(before)) - Number(isDone(after));
  for (const dependent of edit.state.shape.neededBy[position] ?? []) {
    const open = slotAt(edit.state.openNeeds, dependent) + change;
    if (change !== 0) edit.state = withOpenNeeds(edit.state, dependent, open);
    // One skipped or ignored need decides, whatever the others do.
    if (open === 0 || after === 'skipped' || after === 'ignored') edit.turns.push(dependent);
  }
}

function withOpenNeeds(state: PipelineState, position: number, open: number): PipelineState {
  return { ...state, openNeeds: withSlot(state.openNeeds, position, open) };
}

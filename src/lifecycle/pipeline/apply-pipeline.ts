import { isFinished, type Status } from '../../protocol/index.ts';
import { countedAs, countedIn, countOf, rollUp } from '../decisions/index.ts';
import type { CancelCause, Refusal } from '../job/index.ts';
import { bookTally } from './book-tally.ts';
import { type Edit, editOf, jobAt } from './edit.ts';
import type { OutsideJobEvent, PipelineEvent, PipelineResult } from './pipeline-event.ts';
import type { PipelineJob, PipelineState } from './pipeline-state.ts';
import { retryJob, send } from './send.ts';
import { reviveSkipped, takeTurns } from './take-turns.ts';

/**
 * The next state of a pipeline. Pure. Costs what the event touches: the job, those that wait for it, and a few hundred pointers
 * of a list; only cancelling, playing and retrying by hand look at more jobs.
 */
export function applyPipeline(state: PipelineState, event: PipelineEvent, now: number): PipelineResult {
  const edit = editOf(state, now);
  const refused = handle(edit, event);
  if (refused !== null) return { state, effects: [], refused };
  cancelAfterFailure(edit);
  takeTurns(edit);
  sumUp(edit);
  return { state: edit.state, effects: edit.effects, refused: null };
}

function handle(edit: Edit, event: PipelineEvent): Refusal | null {
  switch (event.type) {
    case 'start':
      for (const position of edit.state.shape.rules.keys()) edit.turns.push(position);
      return null;
    case 'job':
      return handleJob(edit, event.job, event.event);
    case 'cancel':
      cancel(edit, event);
      return null;
    case 'force_cancel':
      force(edit, event.by);
      return null;
    case 'retry':
      return retryByHand(edit, event.job);
  }
}

function handleJob(edit: Edit, id: number, event: OutsideJobEvent): Refusal | null {
  const index = indexOf(edit, id);
  if (index === null) return 'unknown_job';
  const refused = send(edit, index, event);
  if (refused === null && event.type === 'play') reviveSkipped(edit, jobAt(edit, index).position);
  return refused;
}

function indexOf({ state }: Edit, id: number): number | null {
  const index = id - state.shape.firstJobId;
  return Number.isInteger(index) && index >= 0 && index < state.jobs.length ? index : null;
}

interface CancelOrder {
  readonly by: string;
  readonly cause: CancelCause;
  readonly only?: 'interruptible';
}

/** What has not started ends at once, what runs goes into teardown. Changes nothing when there is nothing left to cancel. */
function cancel(edit: Edit, { by, cause, only }: CancelOrder): void {
  const before = edit.state;
  for (const { index, job } of jobsIn(edit)) {
    const isMeant = only === undefined || job.rules.interruptible !== false;
    if (isMeant && !isFinished(job.state.status)) send(edit, index, { type: 'cancel', by, cause });
  }
  if (edit.state !== before && only === undefined) noteCancel(edit, by, cause);
}

function force(edit: Edit, by: string): void {
  const before = edit.state;
  for (const { index, job } of jobsIn(edit)) {
    if (!isFinished(job.state.status)) send(edit, index, { type: 'force_cancel', by });
  }
  if (edit.state !== before) noteCancel(edit, by, 'canceled');
}

function* jobsIn(edit: Edit): Generator<{ readonly index: number; readonly job: PipelineJob }> {
  for (let index = 0; index < edit.state.jobs.length; index += 1) yield { index, job: jobAt(edit, index) };
}

function noteCancel(edit: Edit, by: string, cause: CancelCause): void {
  const cancelRequest = edit.state.cancelRequest ?? { by, at: edit.now, cause };
  edit.state = { ...edit.state, cancelRequest };
}

/** `auto_cancel: on_job_failure`. The pipeline then ends as its jobs add up to, so that the failure stays in sight. */
function cancelAfterFailure(edit: Edit): void {
  const [id] = edit.failures;
  if (id === undefined || edit.state.shape.autoCancel.onJobFailure !== 'all') return;
  for (const { index, job } of jobsIn(edit)) {
    if (!isFinished(job.state.status)) send(edit, index, { type: 'cancel', by: `job ${id}`, cause: 'superseded' });
  }
}

const RETRYABLE: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'canceling']);

function retryByHand(edit: Edit, id: number): Refusal | null {
  const index = indexOf(edit, id);
  if (index === null) return 'unknown_job';
  const { state, position, retriedAs, allowFailure } = jobAt(edit, index);
  if (retriedAs !== null || !RETRYABLE.has(state.status)) return 'wrong_status';
  edit.state = { ...edit.state, cancelRequest: null };
  retryJob(edit, index);
  bookTally(edit, position, countedAs(state.status, allowFailure));
  reviveSkipped(edit, position);
  return null;
}

/**
 * A cancelled pipeline is `canceling` until its last teardown has ended, then `canceled`, whatever its jobs add up to.
 * A sum of `created` says nothing new.
 */
function sumUp(edit: Edit): void {
  const { state } = edit;
  const sum = state.cancelRequest === null ? rollUp(countedIn(state.total)) : statusOfCancelled(state);
  const status = sum === 'created' ? state.status : sum;
  if (status === state.status) return;
  edit.state = { ...state, status };
  edit.effects.push({ type: 'pipeline_changed', status });
}

function statusOfCancelled({ total }: PipelineState): Status {
  return countOf(total, 'running') + countOf(total, 'canceling') > 0 ? 'canceling' : 'canceled';
}

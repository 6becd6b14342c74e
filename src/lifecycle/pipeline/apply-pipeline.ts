import { isFinished, type Status } from '../../protocol/index.ts';
import { countedAs, countedIn, countOf, rollUp } from '../decisions/index.ts';
import type { CancelCause, JobEffect, Refusal } from '../job/index.ts';
import { bookTally } from './book-tally.ts';
import { type Edit, editOf, jobAt } from './edit.ts';
import type { OutsideJobEvent, PipelineEvent, PipelineResult } from './pipeline-event.ts';
import { retryJob, send } from './send.ts';
import type { PipelineCancel, PipelineJob, PipelineState } from './state/pipeline-state.ts';
import { findJob } from './state/read-pipeline.ts';
import { reviveSkipped, takeTurns } from './take-turns.ts';

/**
 * The next state of a pipeline. Pure. Costs what the event touches: the job, those that wait for it, and a few hundred pointers
 * of a list; only cancelling, playing and retrying by hand look at more jobs.
 */
export function applyPipeline(state: PipelineState, event: PipelineEvent, now: number): PipelineResult {
  const edit = editOf(state, now);
  const refused = handle(edit, event);
  if (refused !== null) return { state, effects: [], touched: [], refused };
  cancelAfterFailure(edit);
  takeTurns(edit);
  sumUp(edit);
  return { state: edit.state, effects: edit.effects, touched: [...edit.touched], refused: null };
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

function handleJob(edit: Edit, number: number, event: OutsideJobEvent): Refusal | null {
  const job = findJob(edit.state, number);
  if (job === undefined) return 'unknown_job';
  if (event.type === 'child_resumed') return resume(edit, job);
  const refused = send(edit, number, event);
  if (refused === null && event.type === 'play') reviveSkipped(edit, job.position);
  return refused;
}

/** Somebody works on the child again: like a retry of the trigger job, but for its number. One whose place was taken is history. */
function resume(edit: Edit, { number, position, retriedAs }: PipelineJob): Refusal | null {
  if (retriedAs !== null) return 'wrong_status';
  const refused = send(edit, number, { type: 'child_resumed' });
  if (refused !== null) return refused;
  edit.state = { ...edit.state, cancelRequest: null };
  reviveSkipped(edit, position);
  return null;
}

interface CancelOrder {
  readonly by: string;
  readonly cause: CancelCause;
  readonly only?: 'interruptible';
}

/** What has not started ends at once, what runs goes into teardown. Changes nothing when there is nothing left to cancel. */
function cancel(edit: Edit, { by, cause, only }: CancelOrder): void {
  const before = edit.state;
  if (only === undefined) reachChildren(edit, { by, cause, isForced: false });
  for (const { number, rules, state } of jobsIn(edit)) {
    const isMeant = only === undefined || rules.interruptible !== false;
    if (isMeant && !isFinished(state.status)) send(edit, number, { type: 'cancel', by, cause });
  }
  if (edit.state !== before && only === undefined) noteCancel(edit, by, cause);
}

function force(edit: Edit, by: string): void {
  const before = edit.state;
  reachChildren(edit, { by, cause: 'canceled', isForced: true });
  for (const { number, state } of jobsIn(edit)) {
    if (!isFinished(state.status)) send(edit, number, { type: 'force_cancel', by });
  }
  if (edit.state === before) return;
  const request = noteCancel(edit, by, 'canceled');
  edit.state = { ...edit.state, cancelRequest: { forced: { by, at: edit.now }, ...request } };
}

/**
 * The children of trigger jobs that have finished: because nothing followed the child, or because they were cancelled before and it
 * still tears down. Those of the others hear of it through their job. A child that is over takes no notice.
 */
function reachChildren(edit: Edit, order: Omit<Extract<JobEffect, { type: 'cancel_child' }>, 'type'>): void {
  for (const { number, state } of jobsIn(edit)) {
    const hasChild = state.spec.kind === 'trigger' && state.attempt > 0;
    if (hasChild && isFinished(state.status)) edit.effects.push({ type: 'cancel_child', job: number, ...order });
  }
}

function* jobsIn(edit: Edit): Generator<PipelineJob> {
  for (let number = 0; number < edit.state.jobs.length; number += 1) yield jobAt(edit, number);
}

function noteCancel(edit: Edit, by: string, cause: CancelCause): PipelineCancel {
  const cancelRequest = edit.state.cancelRequest ?? { by, at: edit.now, cause };
  edit.state = { ...edit.state, cancelRequest };
  return cancelRequest;
}

/** `auto_cancel: on_job_failure`. The pipeline then ends as its jobs add up to, so that the failure stays in sight. */
function cancelAfterFailure(edit: Edit): void {
  const [failed] = edit.failures;
  if (failed === undefined || edit.state.shape.autoCancel.onJobFailure !== 'all') return;
  const by = `failed job ${failed}`;
  for (const { number, state } of jobsIn(edit)) {
    if (!isFinished(state.status)) send(edit, number, { type: 'cancel', by, cause: 'superseded' });
  }
}

const RETRYABLE: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'canceling']);

function retryByHand(edit: Edit, number: number): Refusal | null {
  const job = findJob(edit.state, number);
  if (job === undefined) return 'unknown_job';
  const { state, position, retriedAs, allowFailure } = job;
  if (retriedAs !== null || !RETRYABLE.has(state.status)) return 'wrong_status';
  edit.state = { ...edit.state, cancelRequest: null };
  retryJob(edit, number);
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

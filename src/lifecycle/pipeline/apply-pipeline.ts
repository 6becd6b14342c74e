import { isFinished, type Status } from '../../protocol/index.ts';
import { countOf, rollUp, tokenOf, tokensIn } from '../decisions/index.ts';
import type { CancelCause, Refusal } from '../job/index.ts';
import { bookToken } from './book-token.ts';
import { type Draft, draftOf, jobAt } from './draft.ts';
import type { OutsideJobEvent, PipelineEvent, PipelineResult } from './pipeline-event.ts';
import type { PipelineJob, PipelineState } from './pipeline-state.ts';
import { retryJob, send } from './send.ts';
import { reviveSkipped, takeTurns } from './take-turns.ts';

/**
 * The next state of a pipeline. Pure. Costs what the event touches: the job, those that wait for it, and a few hundred pointers
 * of a list; only cancelling, playing and retrying by hand look at more jobs.
 */
export function applyPipeline(state: PipelineState, event: PipelineEvent, now: number): PipelineResult {
  const draft = draftOf(state, now);
  const refused = handle(draft, event);
  if (refused !== null) return { state, effects: [], refused };
  cancelAfterFailure(draft);
  takeTurns(draft);
  sumUp(draft);
  return { state: draft.state, effects: draft.effects, refused: null };
}

function handle(draft: Draft, event: PipelineEvent): Refusal | null {
  switch (event.type) {
    case 'start':
      for (const position of draft.state.shape.rules.keys()) draft.turns.push(position);
      return null;
    case 'job':
      return handleJob(draft, event.job, event.event);
    case 'cancel':
      cancel(draft, event);
      return null;
    case 'force_cancel':
      force(draft, event.by);
      return null;
    case 'retry':
      return retryByHand(draft, event.job);
  }
}

function handleJob(draft: Draft, id: number, event: OutsideJobEvent): Refusal | null {
  const index = indexOf(draft, id);
  if (index === null) return 'unknown_job';
  const refused = send(draft, index, event);
  if (refused === null && event.type === 'play') reviveSkipped(draft, jobAt(draft, index).position);
  return refused;
}

function indexOf({ state }: Draft, id: number): number | null {
  const index = id - state.shape.firstJobId;
  return Number.isInteger(index) && index >= 0 && index < state.jobs.length ? index : null;
}

interface CancelOrder {
  readonly by: string;
  readonly cause: CancelCause;
  readonly only?: 'interruptible';
}

/** What has not started ends at once, what runs goes into teardown. Changes nothing when there is nothing left to cancel. */
function cancel(draft: Draft, { by, cause, only }: CancelOrder): void {
  const before = draft.state;
  for (const { index, job } of jobsIn(draft)) {
    const isMeant = only === undefined || job.rules.interruptible !== false;
    if (isMeant && !isFinished(job.state.status)) send(draft, index, { type: 'cancel', by, cause });
  }
  if (draft.state !== before && only === undefined) noteCancel(draft, by, cause);
}

function force(draft: Draft, by: string): void {
  const before = draft.state;
  for (const { index, job } of jobsIn(draft)) {
    if (!isFinished(job.state.status)) send(draft, index, { type: 'force_cancel', by });
  }
  if (draft.state !== before) noteCancel(draft, by, 'canceled');
}

function* jobsIn(draft: Draft): Generator<{ readonly index: number; readonly job: PipelineJob }> {
  for (let index = 0; index < draft.state.jobs.length; index += 1) yield { index, job: jobAt(draft, index) };
}

function noteCancel(draft: Draft, by: string, cause: CancelCause): void {
  const cancelRequest = draft.state.cancelRequest ?? { by, at: draft.now, cause };
  draft.state = { ...draft.state, cancelRequest };
}

/** `auto_cancel: on_job_failure`. The pipeline then ends as its jobs add up to, so that the failure stays in sight. */
function cancelAfterFailure(draft: Draft): void {
  const [id] = draft.failures;
  if (id === undefined || draft.state.shape.autoCancel.onJobFailure !== 'all') return;
  for (const { index, job } of jobsIn(draft)) {
    if (!isFinished(job.state.status)) send(draft, index, { type: 'cancel', by: `job ${id}`, cause: 'superseded' });
  }
}

const RETRYABLE: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'canceling']);

function retryByHand(draft: Draft, id: number): Refusal | null {
  const index = indexOf(draft, id);
  if (index === null) return 'unknown_job';
  const { state, position, retriedAs, allowFailure } = jobAt(draft, index);
  if (retriedAs !== null || !RETRYABLE.has(state.status)) return 'wrong_status';
  draft.state = { ...draft.state, cancelRequest: null };
  retryJob(draft, index);
  bookToken(draft, position, tokenOf(state.status, allowFailure));
  reviveSkipped(draft, position);
  return null;
}

/**
 * A cancelled pipeline is `canceling` until its last teardown has ended, then `canceled`, whatever its jobs add up to.
 * A sum of `created` says nothing new.
 */
function sumUp(draft: Draft): void {
  const { state } = draft;
  const sum = state.cancelRequest === null ? rollUp(tokensIn(state.total)) : statusOfCancelled(state);
  const status = sum === 'created' ? state.status : sum;
  if (status === state.status) return;
  draft.state = { ...state, status };
  draft.effects.push({ type: 'pipeline_changed', status });
}

function statusOfCancelled({ total }: PipelineState): Status {
  return countOf(total, 'running') + countOf(total, 'canceling') > 0 ? 'canceling' : 'canceled';
}

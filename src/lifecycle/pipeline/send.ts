import { countedAs, decideRetry } from '../decisions/index.ts';
import { applyJob, type JobEvent, type JobState, nextDue, type Refusal } from '../job/index.ts';
import { bookResource } from './book-resource.ts';
import { bookTally } from './book-tally.ts';
import { currentNumber, type Edit, jobAt, putJob } from './edit.ts';
import { makeJob, withState } from './state/make-job.ts';
import type { PipelineJob } from './state/pipeline-state.ts';
import { withSlot } from './state/slots.ts';

/** Sends a job an event and books what comes of it. Returns why it was refused, or null. */
export function send(edit: Edit, number: number, event: JobEvent): Refusal | null {
  const before = jobAt(edit, number);
  const isCurrent = currentNumber(edit, before.position) === number;
  const result = applyJob(before.state, event, edit.now);
  if (result.kind === 'refused') return result.reason;
  if (result.kind === 'unchanged') return null;
  const after = withState(before, result.job);
  putJob(edit, after);
  for (const effect of result.effects) edit.effects.push({ ...effect, job: number });
  wakeIfNew(edit, before.state, after);
  bookResource(edit, number, before.state.status);
  const hasFailed = after.state.status === 'failed' && before.state.status !== 'failed';
  const failure = { reason: after.state.failureReason, exitCode: after.state.exitCode };
  if (hasFailed && isCurrent && decideRetry(after.rules.retry, failure, after.earlierRetries)) retryJob(edit, number);
  else if (hasFailed && !after.allowFailure) edit.failures.push(after.rules.name);
  // A job whose place a retry took earlier is in no sum. One that is retried right now passes its place on.
  if (isCurrent) bookTally(edit, before.position, countedAs(before.state.status, before.allowFailure));
  return null;
}

/** A new job takes the place of one that has ended (or still ends). */
export function retryJob(edit: Edit, of: number): void {
  const old = jobAt(edit, of);
  const { shape, jobs, current } = edit.state;
  const number = jobs.length;
  putJob(edit, { ...old, retriedAs: number });
  putJob(edit, makeJob(shape, old.position, number, old.earlierRetries + 1));
  edit.state = { ...edit.state, current: withSlot(current, old.position, number) };
  edit.effects.push({ type: 'retry_created', job: number, of });
  edit.turns.push(old.position);
}

function wakeIfNew(edit: Edit, before: JobState, { number, state }: PipelineJob): void {
  const at = nextDue(state);
  if (at !== null && at !== nextDue(before)) edit.effects.push({ type: 'wake', job: number, at });
}

import { decideRetry, tokenOf } from '../decisions/index.ts';
import { applyJob, type JobEvent, type JobState, nextDue, type Refusal } from '../job/index.ts';
import { bookToken } from './book-token.ts';
import { newJob } from './create-pipeline.ts';
import { currentIndex, type Draft, jobAt, putJob } from './draft.ts';
import { bookResource } from './hold-resource.ts';
import type { PipelineJob } from './pipeline-state.ts';
import { withSlot } from './slots.ts';

/** Sends a job an event and books what comes of it. Returns why it was refused, or null. */
export function send(draft: Draft, index: number, event: JobEvent): Refusal | null {
  const before = jobAt(draft, index);
  const isCurrent = currentIndex(draft, before.position) === index;
  const result = applyJob(before.state, event, draft.now);
  if (result.kind === 'refused') return result.reason;
  if (result.kind === 'unchanged') return null;
  const after = { ...before, state: result.job, allowFailure: mayFail(before, result.job) };
  putJob(draft, index, after);
  for (const effect of result.effects) draft.effects.push({ ...effect, job: before.id });
  wakeIfNew(draft, before.state, after);
  bookResource(draft, index, before.state.status);
  const hasFailed = after.state.status === 'failed' && before.state.status !== 'failed';
  const failure = { reason: after.state.failureReason, exitCode: after.state.exitCode };
  if (hasFailed && isCurrent && decideRetry(after.rules.retry, failure, after.earlierRetries)) retryJob(draft, index);
  else if (hasFailed && !after.allowFailure) draft.failures.push(after.id);
  // A job whose place a retry took earlier is in no sum. One that is retried right now passes its place on.
  if (isCurrent) bookToken(draft, before.position, tokenOf(before.state.status, before.allowFailure));
  return null;
}

/** A new job takes the place of one that has ended (or still ends). */
export function retryJob(draft: Draft, index: number): void {
  const old = jobAt(draft, index);
  const { shape, jobs, current } = draft.state;
  const id = shape.firstJobId + jobs.length;
  putJob(draft, index, { ...old, retriedAs: id });
  putJob(draft, jobs.length, newJob(shape, old.position, { id, earlierRetries: old.earlierRetries + 1 }));
  draft.state = { ...draft.state, current: withSlot(current, old.position, jobs.length) };
  draft.effects.push({ type: 'retry_created', job: id, of: old.id });
  draft.turns.push(old.position);
}

function mayFail({ rules, allowFailure }: PipelineJob, state: JobState): boolean {
  if (typeof rules.allowFailure === 'boolean' || state.status !== 'failed') return allowFailure;
  return state.exitCode !== null && rules.allowFailure.exitCodes.includes(state.exitCode);
}

function wakeIfNew(draft: Draft, before: JobState, { id, state }: PipelineJob): void {
  const at = nextDue(state);
  if (at !== null && at !== nextDue(before)) draft.effects.push({ type: 'wake', job: id, at });
}

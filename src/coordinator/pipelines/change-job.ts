import { findJob, type OutsideJobEvent, type Refusal } from '../../lifecycle/index.ts';
import type { Variable } from '../../protocol/index.ts';
import { findJobByNumber, findJob as findJobRecord, setJobUser, setJobVariables } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { applyEvent, NO_NOTE, type Note } from './apply-event.ts';
import { givenVariable } from './create/given-variable.ts';
import type { EventAnswer } from './event-answer.ts';
import type { Person } from './person.ts';
import type { GivenVariable } from './pipeline-request.ts';
import { inPipeline } from './transaction/in-pipeline.ts';
import type { OpenPipeline } from './transaction/open-pipeline.ts';

/** Cancels one job; forced, its cleanup is skipped, on record. `note` is written when that changes anything. */
export async function cancelJob(
  parts: Parts,
  jobId: number,
  { force, by, note = NO_NOTE }: { readonly force: boolean; readonly by: Person; readonly note?: Note },
): Promise<EventAnswer> {
  const job = await parts.store.read((db) => findJobRecord(db, jobId));
  if (job === null) return { kind: 'unknown' };
  const event: OutsideJobEvent = force
    ? { type: 'force_cancel', by: by.name }
    : { type: 'cancel', by: by.name, cause: 'canceled' };
  return await applyEvent(parts, job.pipelineId, { type: 'job', job: job.number, event }, note);
}

export type RetryAnswer =
  | { readonly kind: 'retried'; readonly jobId: number }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'unknown' };

/** A new job takes the place of one that has ended, or is still being torn down; the new one's id. `note` is written when it does. */
export async function retryJob(parts: Parts, jobId: number, by: Person, note: Note = NO_NOTE): Promise<RetryAnswer> {
  const job = await parts.store.read((db) => findJobRecord(db, jobId));
  if (job === null) return { kind: 'unknown' };
  const done = await inPipeline(
    parts,
    job.pipelineId,
    async (open) => {
      const result = sendRetry(open, job.number);
      if (typeof result === 'number') await note(open.tx);
      return result;
    },
    { userId: by.id },
  );
  return done === null ? { kind: 'unknown' } : await retryAnswer(parts, job.pipelineId, done.result);
}

export type PlayAnswer =
  /** Of the job that was started: another one where the given one had ended before. */
  | { readonly kind: 'applied'; readonly jobId: number }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'unknown' };

/** Starts a manual or delayed job; of one that has ended a new one, as in GitLab. Its variables win over those of its pipeline. */
export async function playJob(
  parts: Parts,
  jobId: number,
  { by, variables }: { readonly by: Person; readonly variables: readonly GivenVariable[] },
): Promise<PlayAnswer> {
  const job = await parts.store.read((db) => findJobRecord(db, jobId));
  if (job === null) return { kind: 'unknown' };
  const given = variables.map(givenVariable);
  const done = await inPipeline(
    parts,
    job.pipelineId,
    async (open): Promise<Refusal | number | null> => {
      const refused = open.send({ type: 'job', job: job.number, event: { type: 'play' } });
      if (refused === null) {
        await noteStart(open, jobId, { by, given });
        return null;
      }
      const when = findJob(open.state, job.number)?.rules.when;
      if (when !== 'manual' && when !== 'delayed') return refused;
      const fresh = sendRetry(open, job.number);
      if (typeof fresh === 'number' && given.length > 0) open.given.set(fresh, given);
      return fresh;
    },
    { userId: by.id },
  );
  if (done === null) return { kind: 'unknown' };
  if (done.result === null) return { kind: 'applied', jobId };
  const answer = await retryAnswer(parts, job.pipelineId, done.result);
  return answer.kind === 'retried' ? { kind: 'applied', jobId: answer.jobId } : answer;
}

async function noteStart(
  { tx }: OpenPipeline,
  jobId: number,
  { by, given }: { readonly by: Person; readonly given: readonly Variable[] },
): Promise<void> {
  await setJobUser(tx, jobId, by.id);
  if (given.length > 0) await setJobVariables(tx, jobId, given);
}

/** The number of the job that took the place, or why none did. */
function sendRetry(open: OpenPipeline, number: number): Refusal | number {
  const refused = open.send({ type: 'retry', job: number });
  return refused ?? findJob(open.state, number)?.retriedAs ?? 'unknown_job';
}

async function retryAnswer({ store }: Parts, pipelineId: number, result: Refusal | number): Promise<RetryAnswer> {
  if (typeof result !== 'number') return { kind: 'refused', reason: result };
  const fresh = await store.read((db) => findJobByNumber(db, pipelineId, result));
  return fresh === null ? { kind: 'unknown' } : { kind: 'retried', jobId: fresh.id };
}

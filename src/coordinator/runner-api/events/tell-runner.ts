import { type AttemptRecord, findAttempt, findJob, findManagerById, type JobRecord } from '../../../store/index.ts';
import { watchedLogs } from '../../live/index.ts';
import type { Parts } from '../../parts.ts';
import { endOrder, stopOrder } from '../job-headers.ts';
import type { AttemptName, News } from './event-desk.ts';
import type { RunnerEvent } from './runner-events.ts';

/** News as the events that a runner reads. What it is told of an attempt is how that stands now, not how it stood when the hint was sent. */
export async function eventsOf(
  parts: Parts,
  managerId: number,
  { look, work, release, attempts }: News,
): Promise<readonly RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  if (look) events.push({ event: 'look', data: {} });
  for (const name of attempts) {
    const event = await eventOf(parts, name);
    if (event !== null) events.push(event);
  }
  const released = release ? await parts.store.read((db) => findManagerById(db, managerId)) : null;
  if (released?.released != null) events.push({ event: 'release', data: { since: released.released } });
  if (work) events.push({ event: 'work', data: {} });
  return events;
}

async function eventOf(parts: Parts, { jobId, attempt }: AttemptName): Promise<RunnerEvent | null> {
  const { held, job } = await parts.store.read(async (db) => ({
    held: await findAttempt(db, jobId, attempt),
    job: await findJob(db, jobId),
  }));
  if (held === null || job === null) return null;
  if (held.endedAt !== null) return abortOf(held, job);
  return stopOf(held, job) ?? (watchedLogs(parts).isWatched(jobId) ? { event: 'watch', data: subject(held) } : null);
}

/** Null: the script may go on, or it is over and nobody has to be told. */
function stopOf(attempt: AttemptRecord, { state }: JobRecord): RunnerEvent | null {
  const { status, deadline } = state;
  const order = stopOrder(attempt, state);
  if (order === null) return null;
  const { cause, by } = order;
  const words = { cause, by, deadline: deadline === null ? null : new Date(deadline).toISOString() };
  return { event: 'cancel', data: { ...subject(attempt), job_status: status, ...words } };
}

function abortOf(attempt: AttemptRecord, { state }: JobRecord): RunnerEvent {
  const { cause = null, by = null, isForced = false } = endOrder(attempt, state) ?? {};
  return { event: 'abort', data: { ...subject(attempt), job_status: state.status, cause, by, force: isForced } };
}

/** A runner knows its attempts by their tokens. */
function subject({ jobId, attempt, tokenHash }: AttemptRecord) {
  return { job_id: jobId, attempt, token_sha256: tokenHash };
}

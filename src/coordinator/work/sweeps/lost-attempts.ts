import { type AttemptRecord, listLapsedAttempts, listSilentAttempts, lockAttempt } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';

const MOST = 200;
/** GitLab's runner calls within milliseconds of being handed a job, ours within a second. */
const SILENT_MS = 120_000;

/** Attempts whose runner has not been heard of for longer than it may: lost. @returns whether there may be more. */
export async function workOffLapsedLeases(parts: Parts, signal: AbortSignal): Promise<boolean> {
  const lapsed = await parts.store.read((db) => listLapsedAttempts(db, MOST));
  for (const attempt of lapsed) {
    if (signal.aborted) return false;
    await endAttempt(parts, attempt, ({ leaseUntil }, now) => leaseUntil <= now);
  }
  return lapsed.length === MOST;
}

/** Attempts of which nothing was ever heard: nothing of them can have run, and their jobs wait again. @returns whether there may be more. */
export async function workOffSilentAttempts(parts: Parts, signal: AbortSignal): Promise<boolean> {
  const silent = await parts.store.read((db) => listSilentAttempts(db, db.now() - SILENT_MS, MOST));
  for (const attempt of silent) {
    if (signal.aborted) return false;
    await endAttempt(parts, attempt, ({ contactedAt }) => contactedAt === null);
  }
  return silent.length === MOST;
}

/** Under the locks of pipeline and attempt, so that a renewal is either seen here or finds the attempt ended. */
async function endAttempt(
  parts: Parts,
  { jobId, pipelineId, attempt }: AttemptRecord,
  isStill: (attempt: AttemptRecord, now: number) => boolean,
): Promise<void> {
  await inPipeline(parts, pipelineId, async (open) => {
    const held = await lockAttempt(open.tx, jobId, attempt);
    if (held === null || held.endedAt !== null || !isStill(held, open.tx.now())) return;
    const job = open.numberOf(jobId);
    // A deadline that has come meanwhile decides first.
    open.send({ type: 'job', job, event: { type: 'tick' } });
    const type = held.contactedAt === null ? 'returned' : 'runner_lost';
    open.send({ type: 'job', job, event: { type, attempt } });
  });
}

import { isFinished } from '../../protocol/index.ts';
import { findJob, type JobRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { loadJob } from '../rest/index.ts';
import type { JobEvent } from '../rest/schemas/events.ts';
import type { Teller, Telling } from './serve-stream.ts';

/** Tells a job, as REST shows it, whenever it is another than before, until it has ended. */
export function tellJob({ parts, share }: Telling, jobId: number): Teller<JobEvent> {
  let told = '';
  return async (stream) => {
    const found = await share(`job ${jobId} in full`, () => readJob(parts, jobId));
    if (found === null) {
      await stream.send({ event: 'end', data: { status: null } });
      return 'over';
    }
    const { job, shown } = found;
    const key = keyOf(job);
    if (key !== told && !(await stream.send({ event: 'job', data: shown }))) return 'over';
    told = key;
    const { status } = job.state;
    if (!isFinished(status)) return 0;
    await stream.send({ event: 'end', data: { status } });
    return 'over';
  };
}

async function readJob(
  parts: Parts,
  jobId: number,
): Promise<{ readonly job: JobRecord; readonly shown: Awaited<ReturnType<typeof loadJob>> } | null> {
  return await parts.store.read(async (db) => {
    const job = await findJob(db, jobId);
    return job === null ? null : { job, shown: await loadJob(db, job, parts) };
  });
}

/** Times that merely go on are no news. */
function keyOf({ state, coverage, userId, isRetried, erasedAt }: JobRecord): string {
  return JSON.stringify([state, coverage, userId, isRetried, erasedAt]);
}

import { isFinished } from '../../protocol/index.ts';
import { findJob, type JobRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { loadJob } from '../rest/index.ts';
import type { Teller } from './serve-stream.ts';

/** Tells a job, as REST shows it, whenever it is another than before, until it has ended. */
export function tellJob(parts: Parts, jobId: number): Teller {
  let told = '';
  return async (stream) => {
    const found = await parts.store.read(async (db) => {
      const job = await findJob(db, jobId);
      if (job === null || keyOf(job) === told) return { job, shown: null };
      return { job, shown: await loadJob(db, job, parts) };
    });
    if (found.job === null) {
      await stream.send({ event: 'end', data: { status: null } });
      return 'over';
    }
    if (found.shown !== null && !(await stream.send({ event: 'job', data: found.shown }))) return 'over';
    told = keyOf(found.job);
    const { status } = found.job.state;
    if (!isFinished(status)) return 'go on';
    await stream.send({ event: 'end', data: { status } });
    return 'over';
  };
}

/** Times that merely go on are no news. */
function keyOf({ state, coverage, userId, isRetried, erasedAt }: JobRecord): string {
  return JSON.stringify([state, coverage, userId, isRetried, erasedAt]);
}

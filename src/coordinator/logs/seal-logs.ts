import { describeError } from '../../base/index.ts';
import { logKeys, sealLog } from '../../blobs/index.ts';
import { findLog, type LogRecord, listLogsToSeal, noteSealed } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { Sweep } from '../work/index.ts';
import { noteCoverage } from './covered/note-coverage.ts';
import { placeOf } from './place/place-of.ts';

const MOST_A_TURN = 50;

/**
 * Puts the logs of jobs that have ended among the blobs, with their indexes. Safe to repeat: what grew is removed only once the blob is noted, and
 * two replicas that seal one log put the same bytes.
 */
export const sealingSweep: Sweep = {
  name: 'logs.seal',
  everyMs: 5_000,
  async run(parts, signal) {
    for (const log of await parts.store.read((db) => listLogsToSeal(db, MOST_A_TURN))) {
      if (signal.aborted) return;
      try {
        // Its runner did not say how it ended, or there is none.
        if (!log.isSearched) await noteCoverage(parts, log.job);
        await seal(parts, log, signal);
      } catch (error) {
        // The server stops: the next start seals it.
        if (signal.aborted) return;
        // Erased, or gone with its job, or sealed by another replica meanwhile.
        if (!(await isGrowing(parts, log.jobId))) continue;
        // The others are not to wait for this one; it comes again next time.
        parts.log.error({ job: log.jobId, error: describeError(error) }, 'cannot seal a log');
      }
    }
  },
};

async function seal(parts: Parts, { jobId, place, keptBytes }: LogRecord, signal: AbortSignal): Promise<void> {
  const grown = placeOf(place).read(parts, jobId, 0, keptBytes);
  const { sha256 } = await sealLog(parts.blobs, jobId, grown, { maxBytes: keptBytes, signal });
  const isNoted = await parts.store.write((tx) => noteSealed(tx, jobId, sha256));
  await placeOf(place).remove(parts, jobId);
  if (isNoted || (await isSealed(parts, jobId))) return;
  // Erased while it was sealed.
  const keys = logKeys(jobId);
  await parts.blobs.delete(keys.index);
  await parts.blobs.delete(keys.log);
}

async function isGrowing({ store }: Parts, jobId: number): Promise<boolean> {
  return (await store.read((db) => findLog(db, jobId)))?.state === 'growing';
}

async function isSealed({ store }: Parts, jobId: number): Promise<boolean> {
  return (await store.read((db) => findLog(db, jobId)))?.state === 'sealed';
}

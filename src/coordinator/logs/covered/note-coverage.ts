import { setImmediate } from 'node:timers/promises';
import { describeError } from '../../../base/index.ts';
import { findLog, type JobRecord, noteLogSearched, setJobCoverage } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { findPlannedJob } from '../../pipelines/index.ts';
import { placeOf } from '../place/place-of.ts';
import { findCoverage } from './find-coverage.ts';

/**
 * Notes the coverage that a job's log says, when its file has a pattern for it. To be called when the log is whole: before the job ends if its runner
 * says so, that both are seen together. Nothing that goes wrong here is worth the job's result.
 */
export async function noteCoverage(
  parts: Parts,
  { id, pipelineId, position }: Pick<JobRecord, 'id' | 'pipelineId' | 'position'>,
): Promise<void> {
  try {
    const pattern = (await findPlannedJob(parts.store, { pipelineId, position }))?.coverage ?? null;
    if (pattern === null) return;
    const log = await parts.store.read((db) => findLog(db, id));
    if (log?.state !== 'growing') return;
    const read = (from: number, to: number) => placeOf(log.place).read(parts, id, from, to);
    const now = () => parts.clock.monotonic();
    const pace = { now, giveWay: async () => await setImmediate() };
    const coverage = await findCoverage({ read, sizeBytes: log.keptBytes }, pattern, pace);
    await parts.store.write(async (tx) => {
      if (coverage !== null) await setJobCoverage(tx, id, coverage);
      await noteLogSearched(tx, id, log.sizeBytes);
    });
  } catch (error) {
    parts.log.warn({ job: id, error: describeError(error) }, 'cannot look for the coverage in a log');
  }
}

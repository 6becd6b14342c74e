import { describeError } from '../../../base/index.ts';
import { logKeys } from '../../../blobs/index.ts';
import { deleteArtifacts, doomBlobs, findLog, noteLogErased, type Tx } from '../../../store/index.ts';
import { removeDoomed } from '../../artifacts/index.ts';
import { removeGrownLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';

/**
 * Log, artifacts and reports of a job that has ended go: no row leads to them once the one transaction is over, which also writes what `alongside`
 * says. Bytes that cannot be removed then are left to sweeps. Again is fine.
 */
export async function eraseJob(
  parts: Parts,
  jobId: number,
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const { store, log } = parts;
  const { place, gone } = await store.write(async (tx) => {
    const found = await findLog(tx, jobId);
    const logs = found === null ? [] : [logKeys(jobId).log];
    if (found !== null) await noteLogErased(tx, jobId);
    await doomBlobs(tx, logs);
    const artifacts = await deleteArtifacts(tx, jobId);
    await alongside(tx);
    return { place: found?.place ?? null, gone: [...logs, ...artifacts] };
  });
  await removeDoomed(parts, gone);
  try {
    if (place !== null) await removeGrownLog(parts, jobId, place);
  } catch (error) {
    log.warn({ job: jobId, error: describeError(error) }, 'bytes of an erased log are left to a sweep');
  }
}

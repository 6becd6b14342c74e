import { describeError } from '../../../base/index.ts';
import { deleteArtifacts, findLog, noteLogErased, type Tx } from '../../../store/index.ts';
import { removeArtifact } from '../../artifacts/index.ts';
import { removeErasedLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';

/**
 * Log, artifacts and reports of a job that has ended go: no row leads to them once the one transaction is over, which also writes what `alongside`
 * says. Bytes that cannot be removed then are left to the sweeps of what no row names. Again is fine.
 */
export async function eraseJob(
  parts: Parts,
  jobId: number,
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const { store, log } = parts;
  const { place, gone } = await store.write(async (tx) => {
    const found = await findLog(tx, jobId);
    if (found !== null) await noteLogErased(tx, jobId);
    const artifacts = await deleteArtifacts(tx, jobId);
    await alongside(tx);
    return { place: found?.place ?? null, gone: artifacts };
  });
  try {
    if (place !== null) await removeErasedLog(parts, jobId, place);
    for (const { blob } of gone) await removeArtifact(parts, blob);
  } catch (error) {
    log.warn({ job: jobId, error: describeError(error) }, 'bytes of an erased job are left to a sweep');
  }
}

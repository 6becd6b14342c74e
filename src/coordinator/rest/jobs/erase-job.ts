import { deleteArtifacts } from '../../../store/index.ts';
import { eraseJobLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';

/** Log, artifacts and reports of a job that has ended go. Again is fine. */
export async function eraseJob(parts: Parts, jobId: number): Promise<void> {
  await eraseJobLog(parts, jobId);
  const gone = await parts.store.write((tx) => deleteArtifacts(tx, jobId));
  for (const { blob } of gone) await parts.blobs.delete(blob);
}

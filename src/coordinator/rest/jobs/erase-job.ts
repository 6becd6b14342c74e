import { eraseArtifacts } from '../../artifacts/index.ts';
import { eraseJobLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';

/** Log, artifacts and reports of a job that has ended go. Again is fine. */
export async function eraseJob(parts: Parts, jobId: number): Promise<void> {
  await eraseJobLog(parts, jobId);
  await eraseArtifacts(parts, jobId);
}

import { logKeys } from '../../blobs/index.ts';
import { findLog, noteLogErased } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from './place/place-of.ts';

/** Nothing of the log is left, wherever it lay. For a job that has ended: of one that runs, the rest would be refused. Again is fine. */
export async function eraseJobLog(parts: Parts, jobId: number): Promise<void> {
  const log = await parts.store.read((db) => findLog(db, jobId));
  if (log === null) return;
  await parts.store.write((tx) => noteLogErased(tx, jobId));
  await placeOf(log.place).remove(parts, jobId);
  const keys = logKeys(jobId);
  await parts.blobs.delete(keys.index);
  await parts.blobs.delete(keys.log);
}

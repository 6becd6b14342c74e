import { logKeys } from '../../blobs/index.ts';
import type { LogRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from './place/place-of.ts';

/** The bytes of a log that was noted as erased, wherever they lie. Again is fine. */
export async function removeErasedLog(parts: Parts, jobId: number, place: LogRecord['place']): Promise<void> {
  await placeOf(place).remove(parts, jobId);
  const keys = logKeys(jobId);
  await parts.blobs.delete(keys.index);
  await parts.blobs.delete(keys.log);
}

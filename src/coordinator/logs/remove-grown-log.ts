import type { LogRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from './place/place-of.ts';

/** The bytes of a log that was noted as erased, where it grew. Again is fine. */
export async function removeGrownLog(parts: Parts, jobId: number, place: LogRecord['place']): Promise<void> {
  await placeOf(place).remove(parts, jobId);
}

import type { LogRecord } from '../../../store/index.ts';
import { chunkPlace } from './chunk-place.ts';
import { filePlace } from './file-place.ts';
import type { LogPlace } from './log-place.ts';

const PLACES: Readonly<Record<LogRecord['place'], LogPlace>> = { file: filePlace, chunks: chunkPlace };

export function placeOf(place: LogRecord['place']): LogPlace {
  return PLACES[place];
}

import type { FoundSections } from '../../../blobs/index.ts';
import type { LogRecord } from '../../../store/index.ts';

/** Where reading may begin: a byte, and the newlines before it. */
export interface LinePlace {
  readonly offset: number;
  readonly newlines: number;
}

/** A log whose lines can be reached, as it was at one moment. */
export interface LineSource extends Pick<LogRecord, 'jobId' | 'resends'> {
  readonly sizeBytes: number;
  /** Lines, the last one too that no newline ends. */
  readonly total: number;
  readonly isGrowing: boolean;
  /** The last line that its runner says an error in; null: none, or it still grows. */
  readonly errorLine: number | null;
  /** The bytes from `from` up to, not with, `to`. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
  /** The nearest place before the line's first byte. */
  before(line: number): Promise<LinePlace>;
  /** The last place that is not behind the line's last byte. */
  within(line: number): Promise<LinePlace>;
  /** The nearest place at or before the byte. */
  at(offset: number): Promise<LinePlace>;
  sections(): Promise<FoundSections>;
}

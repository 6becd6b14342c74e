import { findLogBlock, type LogMark, type LogRecord, MARK_BYTES } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from './place/place-of.ts';

const NEWLINE = 10;
/** How a section's marker begins. */
const SECTION = 'section_';

/** What a piece of a log makes of its lines. */
export interface CountedPiece extends Pick<LogRecord, 'newlines' | 'isOpen'> {
  /** Of the blocks that begin in it. */
  readonly marks: readonly LogMark[];
  /** The block in which it begins, where that began before and may hold a marker of a section now. */
  readonly section: number | null;
}

/** Counts the lines of a piece that comes behind what a log has. Null: it has nothing yet. */
export function countPiece(
  log: Pick<LogRecord, 'keptBytes' | 'newlines' | 'isOpen'> | null,
  piece: Uint8Array,
): CountedPiece {
  const { keptBytes: from, isOpen } = log ?? { keptBytes: 0, isOpen: false };
  const before = log === null ? 0 : log.newlines;
  if (before === null || piece.length === 0) return { newlines: before, isOpen, marks: [], section: null };
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
  const first = Math.floor(from / MARK_BYTES);
  const marks: LogMark[] = [];
  let section: number | null = null;
  let newlines = before;
  for (let block = first; block * MARK_BYTES < from + bytes.length; block += 1) {
    const start = Math.max(0, block * MARK_BYTES - from);
    const end = Math.min(bytes.length, (block + 1) * MARK_BYTES - from);
    const hasSection = beginsSection(bytes, start, end);
    if (block * MARK_BYTES >= from) marks.push({ block, newlines, hasSection });
    else if (hasSection) section = block;
    newlines += countNewlines(bytes.subarray(start, end));
  }
  return { newlines, isOpen: bytes.at(-1) !== NEWLINE, marks, section };
}

/** What is left of a growing log that ends behind `to` of its bytes. */
export async function countLeft(
  parts: Parts,
  { jobId, place, newlines }: LogRecord,
  to: number,
): Promise<Pick<LogRecord, 'newlines' | 'isOpen'>> {
  if (to === 0) return { newlines: 0, isOpen: false };
  const block = Math.floor((to - 1) / MARK_BYTES);
  const mark = newlines === null ? null : await parts.store.read((db) => findLogBlock(db, jobId, block));
  let left = mark?.newlines ?? 0;
  let last = NEWLINE;
  for await (const bytes of placeOf(place).read(parts, jobId, block * MARK_BYTES, to)) {
    left += countNewlines(bytes);
    last = bytes.at(-1) ?? last;
  }
  return { newlines: mark === null ? null : left, isOpen: last !== NEWLINE };
}

function countNewlines(bytes: Uint8Array): number {
  let newlines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) newlines += 1;
  return newlines;
}

/** Whether a marker may begin between `start` and `end`, also one of which only the first letters have come. */
function beginsSection(bytes: Buffer, start: number, end: number): boolean {
  const at = bytes.indexOf(SECTION, start);
  if (at >= 0 && at < end) return true;
  if (end < bytes.length) return false;
  const tail = bytes.toString('latin1', Math.max(start, end - SECTION.length + 1), end);
  for (let length = tail.length; length > 0; length -= 1) if (SECTION.startsWith(tail.slice(-length))) return true;
  return false;
}

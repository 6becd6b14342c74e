import { closeSync, constants, readSync } from 'node:fs';
import { openRegularFile } from '../../../base/index.ts';

/**
 * Reads a job's log up to `end`, chunk by chunk, each cut between characters. Says nothing of a log that cannot be read: it is one of
 * several ways to see it.
 * @param from a boundary between characters.
 */
export function* readSpool(path: string, from: number, end: number, buffer: Buffer): Generator<Buffer> {
  const fd = openForReading(path);
  if (fd === null) return;
  try {
    for (let offset = from; offset < end; ) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, end - offset), offset);
      const isLast = count === 0 || offset + count >= end;
      const chunk = buffer.subarray(0, isLast ? count : wholeCharacters(buffer, count));
      if (chunk.length === 0) return;
      yield chunk;
      offset += chunk.length;
    }
  } finally {
    closeSync(fd);
  }
}

/** A script can put something else in its place: a pipe, at which one would wait for ever, or a directory. */
function openForReading(path: string): number | null {
  try {
    return openRegularFile(path, constants.O_RDONLY);
  } catch {
    return null;
  }
}

/** So many of the first `count` bytes are whole characters. */
function wholeCharacters(bytes: Buffer, count: number): number {
  for (let start = count - 1; start > 0 && count - start <= MAX_CHARACTER_BYTES; start -= 1) {
    if (!isContinuation(bytes[start])) return (bytes[start] ?? 0) < FIRST_LEAD ? count : start;
  }
  return count;
}

/** The first boundary between characters at or after `at`. */
export function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return start;
}

const MAX_CHARACTER_BYTES = 4;
const FIRST_LEAD = 0xc0;

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

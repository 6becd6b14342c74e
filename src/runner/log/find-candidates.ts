import { distinctNeedles, type Needle, type StartTables, startTables } from './candidate-tables.ts';
import type { SecretPatterns } from './secret-patterns.ts';

/** Yields, in order, the positions at or after `from` where a pattern may start; the length of the chunk when there is none. */
export type CandidateSearch = (from: number) => number;

/** More passes over the chunk than this cost more than one look into the table a byte. */
const MAX_NATIVE_NEEDLES = 16;

/** One native search in so many bytes: beyond that its fixed cost (0.1 µs a call) is more than the table's. */
const BYTES_PER_CALL = 256;

/** The native search stops at every first byte of a needle; when more than one byte in so many is one, the table is faster. */
const BYTES_PER_STOP = 12;

const SAMPLES = 256;

/**
 * Finds where secrets may start, in one of two ways.
 * Native: one pass of the runtime's byte search for each needle. Fast where the needles' first bytes are rare.
 * Skipping: looks at every few bytes only. The same speed however many the patterns and whatever the text.
 * Which is better is guessed from a sample of the chunk, and corrected when there are many hits.
 *
 * Measured with the whole filter in 64 KiB chunks on one core of a busy 2-core machine, default prefixes:
 * build output 5 to 7 GB/s, lines of numbers 7 to 10, UTF-8 text 6, two URL parameters in each line 0.5;
 * with forty masked values, or values made of common letters, 1.0 whatever the text.
 */
export function candidateFinder(patterns: SecretPatterns): (chunk: Buffer) => CandidateSearch {
  const tables = startTables(patterns);
  const needles = distinctNeedles(patterns);
  return (chunk) => {
    const skipping = skipSearch(chunk, tables);
    const useSkips = needles.length > MAX_NATIVE_NEEDLES || hasManyStops(chunk, needles);
    return useSkips ? skipping : nativeSearch(chunk, needles, tables, skipping);
  };
}

function nativeSearch(
  chunk: Buffer,
  needles: readonly Needle[],
  tables: StartTables,
  skipping: CandidateSearch,
): CandidateSearch {
  // Near the end a pattern may start whose needle has not arrived yet.
  const tail = Math.max(0, chunk.length - Math.max(...needles.map(({ offset }) => offset + 2)));
  const next = needles.map(() => -1);
  let callsLeft = needles.length + 16 + chunk.length / BYTES_PER_CALL;
  return (from) => {
    if (from >= tail) return skipping(from);
    let nearest = tail;
    for (const [index, needle] of needles.entries()) {
      let found = next[index] ?? -1;
      while (found < from || (found < nearest && !tables.mayStart(chunk, found))) {
        if (callsLeft-- < 0) return skipping(from);
        const hit = chunk.indexOf(needle.bytes, Math.max(from, found + 1) + needle.offset);
        found = hit === -1 ? chunk.length : hit - needle.offset;
      }
      next[index] = found;
      if (found < nearest) nearest = found;
    }
    return nearest === tail ? skipping(tail) : nearest;
  };
}

/** Looks at one pair of bytes and skips as many positions as that pair rules out (Wu and Manber's method). */
function skipSearch(chunk: Buffer, tables: StartTables): CandidateSearch {
  const { skips, window, firsts, mayStart } = tables;
  const back = window - 2;
  const last = chunk.length - 1;
  return (from) => {
    let at = from + back;
    while (at < last) {
      const skip = skips[((chunk[at] as number) << 8) | (chunk[at + 1] as number)] as number;
      if (skip !== 0) at += skip;
      else if (mayStart(chunk, at - back)) return at - back;
      else at += 1;
    }
    for (let start = at - back; start <= last; start += 1) {
      if (firsts[chunk[start] as number] === 1) return start;
    }
    return chunk.length;
  };
}

function hasManyStops(chunk: Buffer, needles: readonly Needle[]): boolean {
  const step = Math.max(1, Math.floor(chunk.length / SAMPLES));
  let stops = 0;
  for (let at = 0; at < chunk.length; at += step) {
    for (const needle of needles) if (chunk[at] === needle.bytes[0]) stops += 1;
  }
  return stops * BYTES_PER_STOP * step > chunk.length;
}

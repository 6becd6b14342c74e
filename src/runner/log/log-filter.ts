import { isUtf8 } from 'node:buffer';
import { candidateFinder } from './find-candidates.ts';
import { compilePatterns, type Lead, type SecretPatterns } from './secret-patterns.ts';

export { DEFAULT_TOKEN_PREFIXES, PERSONAL_TOKEN_PREFIXES } from './secret-patterns.ts';

export interface LogFilterOptions {
  /** Values that must not be seen. Trimmed, de-duplicated, empty ones dropped; the longest match wins. */
  readonly maskedValues: readonly string[];
  /** `DEFAULT_TOKEN_PREFIXES` and the server's `features.token_mask_prefixes`. */
  readonly tokenPrefixes: readonly string[];
}

export interface FilteredLog {
  /** Valid UTF-8, whole characters. A view of the chunk itself when nothing had to change: use it before the chunk is reused. */
  readonly out: Uint8Array;
  /** How many bytes of the chunk `out` stands for; the next chunk starts with the byte after them. */
  readonly consumed: number;
}

export interface LogFilter {
  /**
   * Filters the log bytes that follow what was consumed before. What might still become a masked value is left for the next call.
   * `isEnd`: nothing follows the chunk; all of it is consumed.
   */
  (chunk: Uint8Array, isEnd: boolean): FilteredLog;
  /** A chunk of at least this many bytes is always consumed at least in part. */
  readonly minimumChunkBytes: number;
}

const MASK = Buffer.from('[MASKED]');

/** Longest token or parameter value that is masked as one; a bound, so that a filter without state always gets on. */
const MAX_RUN_BYTES = 4096;

/** The answer depends on bytes that are not there yet. */
const UNDECIDED = -1;

/**
 * Masks secrets in a job's log and makes it valid UTF-8. Keeps no state between calls: the offset up to which a log was consumed
 * is all that a later process needs to go on without a gap or a repeat.
 *
 * Scans once from left to right. At each position an exact value goes before a lead (URL parameter, token prefix); the run behind a lead
 * swallows values inside it. So the answer at a position depends on the bytes from there on only, and any cut gives the same log.
 * Speed: see find-candidates.ts.
 */
export function createLogFilter(options: LogFilterOptions): LogFilter {
  const patterns = compilePatterns(options.maskedValues, options.tokenPrefixes);
  const candidates = candidateFinder(patterns);

  function filter(input: Uint8Array, isEnd: boolean): FilteredLog {
    const chunk = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
    const scan: Scan = { patterns, chunk, isEnd };
    const nextCandidate = candidates(chunk);
    const parts: Uint8Array[] = [];
    let done = 0;
    let at = nextCandidate(0);
    while (at < chunk.length) {
      const secret = secretAt(scan, at);
      if (secret === UNDECIDED) break;
      if (secret !== null) {
        parts.push(wellFormed(chunk.subarray(done, secret.start)), MASK);
        done = secret.end;
      }
      at = nextCandidate(secret === null ? at + 1 : done);
    }
    const consumed = at < chunk.length || isEnd ? Math.min(at, chunk.length) : wholeCharacters(chunk, done);
    const rest = wellFormed(chunk.subarray(done, consumed));
    return { out: parts.length === 0 ? rest : Buffer.concat([...parts, rest]), consumed };
  }

  const minimumChunkBytes = patterns.longestLead + MAX_RUN_BYTES + patterns.longestValue;
  return Object.assign(filter, { minimumChunkBytes });
}

interface Secret {
  readonly start: number;
  readonly end: number;
}

/** One call of the filter. */
interface Scan {
  readonly patterns: SecretPatterns;
  readonly chunk: Buffer;
  readonly isEnd: boolean;
}

function secretAt(scan: Scan, at: number): Secret | null | typeof UNDECIDED {
  const { patterns, chunk } = scan;
  const length = valueAt(scan, at);
  if (length === UNDECIDED) return UNDECIDED;
  if (length > 0) return { start: at, end: at + length };
  for (const lead of patterns.leads[chunk[at] ?? 0] ?? []) {
    const start = leadEnd(scan, lead, at);
    if (start === UNDECIDED) return UNDECIDED;
    const end = start === 0 ? 0 : runEnd(scan, lead, start);
    if (end === UNDECIDED) return UNDECIDED;
    if (end > start) return { start, end };
  }
  return null;
}

/** Length of the longest value that stands at `at`, 0 for none. */
function valueAt({ patterns, chunk, isEnd }: Scan, at: number): number {
  for (const value of patterns.values[chunk[at] ?? 0] ?? []) {
    const shared = sharedLength(value, chunk, at, false);
    if (shared === value.length) return shared;
    if (at + shared === chunk.length && !isEnd) return UNDECIDED;
  }
  return 0;
}

/** Where the run behind a lead at `at` starts, 0 when the lead is not there or a value starts inside it. */
function leadEnd(scan: Scan, lead: Lead, at: number): number {
  const { chunk, isEnd } = scan;
  const shared = sharedLength(lead.bytes, chunk, at, lead.anyCase);
  if (shared < lead.bytes.length) return at + shared === chunk.length && !isEnd ? UNDECIDED : 0;
  for (let inside = at + 1; inside < at + shared; inside += 1) {
    const length = valueAt(scan, inside);
    if (length !== 0) return length === UNDECIDED ? UNDECIDED : 0;
  }
  return at + shared;
}

function runEnd(scan: Scan, lead: Lead, start: number): number {
  const { chunk, isEnd } = scan;
  let at = start;
  while (at - start < MAX_RUN_BYTES) {
    if (at >= chunk.length) return isEnd ? at : UNDECIDED;
    const length = valueAt(scan, at);
    if (length === UNDECIDED) return UNDECIDED;
    if (length === 0 && lead.runBytes[chunk[at] ?? 0] === 0) return at;
    at += length === 0 ? 1 : length;
  }
  return at;
}

/** How many bytes of `pattern` stand at `at`. */
function sharedLength(pattern: Buffer, chunk: Buffer, at: number, anyCase: boolean): number {
  const length = Math.min(pattern.length, chunk.length - at);
  for (let index = 0; index < length; index += 1) {
    const byte = chunk[at + index] ?? 0;
    const same = byte === pattern[index] || (anyCase && byte >= 0x41 && byte <= 0x5a && byte + 0x20 === pattern[index]);
    if (!same) return index;
  }
  return length;
}

function wellFormed(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8'));
}

/** End of the last character that is certainly complete, not before `from`. */
function wholeCharacters(chunk: Buffer, from: number): number {
  for (let back = 1; back <= 3 && chunk.length - back >= from; back += 1) {
    const byte = chunk[chunk.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? chunk.length - back : chunk.length;
    }
  }
  return chunk.length;
}

import type { SecretPatterns } from './secret-patterns.ts';

/** Quick answers to "may a pattern start here?"; yes is not certain, no is. */
export interface StartTables {
  /** How many bytes of every pattern `skips` takes in. */
  readonly window: number;
  /**
   * For a pair of bytes (first × 256 + second) at the end of a window: how far the window may move on; 0: a pattern may start at
   * the start of the window.
   */
  readonly skips: Uint8Array;
  readonly firsts: Uint8Array;
  /** Looks at four bytes, for a position whose pair fits. */
  readonly mayStart: (chunk: Buffer, at: number) => boolean;
}

/** Bytes that stand `offset` bytes behind the start of a pattern. */
export interface Needle {
  readonly bytes: Buffer;
  readonly offset: number;
}

interface Start {
  readonly bytes: Buffer;
  readonly anyCase: boolean;
}

/** Windows get no longer than this: the skips hardly grow, the tables of spellings do. */
const MAX_WINDOW = 8;

export function startTables(patterns: SecretPatterns): StartTables {
  const all = starts(patterns);
  const shortest = Math.min(MAX_WINDOW, ...all.map(({ bytes }) => bytes.length));
  const window = Math.max(2, shortest);
  const firsts = new Uint8Array(256);
  const skips = new Uint8Array(65_536).fill(window - 1);
  const quads = new Uint8Array(65_536).fill(shortest < 4 ? 1 : 0);
  for (const spelling of all.flatMap((start) => spellings(start, window))) {
    firsts[spelling[0] ?? 0] = 1;
    if (spelling.length === 1) skips.fill(0, (spelling[0] ?? 0) << 8, ((spelling[0] ?? 0) << 8) + 256);
    if (spelling.length >= 4) quads[quadHash(Buffer.from(spelling), 0)] = 1;
    for (let at = 0; at + 1 < spelling.length; at += 1) {
      const pair = ((spelling[at] ?? 0) << 8) | (spelling[at + 1] ?? 0);
      skips[pair] = Math.min(skips[pair] ?? 0, window - 2 - at);
    }
  }
  const mayStart = (chunk: Buffer, at: number): boolean => at + 4 > chunk.length || quads[quadHash(chunk, at)] === 1;
  return { window, skips, firsts, mayStart };
}

/** What to search for: for a lead its first two bytes (many share them), for a value its rarest pair. */
export function distinctNeedles(patterns: SecretPatterns): readonly Needle[] {
  const needles = new Map<string, Needle>();
  const add = (bytes: Buffer, offset: number): void => {
    needles.set(`${offset} ${bytes.toString('latin1')}`, { bytes, offset });
  };
  for (const lead of patterns.leads.flatMap((row) => row ?? [])) {
    // The second byte of these comes in two cases, but `?` and `&` are rare enough alone.
    add(lead.bytes.subarray(0, lead.anyCase ? 1 : 2), 0);
  }
  for (const value of patterns.values.flatMap((row) => row ?? [])) {
    const offset = rarestOffset(value.subarray(0, 32));
    add(value.subarray(offset, offset + 2), offset);
  }
  return [...needles.values()];
}

function starts(patterns: SecretPatterns): Start[] {
  const values = patterns.values.flatMap((row) => row ?? []).map((bytes) => ({ bytes, anyCase: false }));
  return [...values, ...patterns.leads.flatMap((row) => row ?? [])];
}

/** The first `count` bytes of a start, or as many as it has, in every combination of cases. */
function spellings({ bytes, anyCase }: Start, count: number): number[][] {
  return [...bytes.subarray(0, count)].reduce<number[][]>(
    (spelled, byte) => {
      const forms = anyCase && byte >= 0x61 && byte <= 0x7a ? [byte, byte - 0x20] : [byte];
      return spelled.flatMap((head) => forms.map((form) => [...head, form]));
    },
    [[]],
  );
}

function quadHash(bytes: Buffer, at: number): number {
  const word =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  return Math.imul(word, 0x9e3779b1) >>> 16;
}

function rarestOffset(value: Buffer): number {
  let best = 0;
  for (const [offset, byte] of value.entries()) {
    if (commonness(byte) < commonness(value[best] ?? 0)) best = offset;
  }
  return best;
}

/** How often a byte comes in ordinary logs, roughly. */
function commonness(byte: number): number {
  const text = String.fromCharCode(byte);
  if (/[\seaionrst]/.test(text)) return 4;
  if (/[a-z0-9./:-]/.test(text)) return 3;
  return /[A-Z_="'[\]\x80-\xff]/.test(text) ? 2 : 1;
}

/** Entries of an index, as far as they matter here. */
export interface IndexEntry {
  readonly path: string;
  /** A submodule. */
  readonly isLink: boolean;
}

const HASH_BYTES = { sha1: 20, sha256: 32 } as const;
const HEADER = 12;
const MODE = 24;
const STAT = 40;
const ASSUME_UNCHANGED = 0x8000;
const NAME_BYTES = 0x0fff;
const LINK = 0o160000;

/**
 * Whether an index says of no file that git need not look at it. A script can have it say that (`update-index --assume-unchanged`, sparse checkouts, all
 * of which need another version than 2, a split index), and what it did to the file would outlive every checkout.
 */
export function isWholeIndex(bytes: Buffer, objectFormat: 'sha1' | 'sha256'): boolean {
  return walk(bytes, HASH_BYTES[objectFormat]) !== null;
}

/** What is checked out. Empty where the index cannot be read. */
export function readIndex(bytes: Buffer, objectFormat: 'sha1' | 'sha256'): readonly IndexEntry[] {
  return walk(bytes, HASH_BYTES[objectFormat]) ?? [];
}

function walk(bytes: Buffer, hashBytes: number): readonly IndexEntry[] | null {
  if (bytes.length < HEADER + hashBytes || bytes.toString('latin1', 0, 4) !== 'DIRC' || bytes.readUInt32BE(4) !== 2)
    return null;
  const count = bytes.readUInt32BE(8);
  const end = bytes.length - hashBytes;
  const entries: IndexEntry[] = [];
  let at = HEADER;
  for (let index = 0; index < count; index += 1) {
    const nameAt = at + STAT + hashBytes + 2;
    if (nameAt >= end) return null;
    const flags = bytes.readUInt16BE(nameAt - 2);
    if ((flags & ASSUME_UNCHANGED) !== 0) return null;
    const length = (flags & NAME_BYTES) === NAME_BYTES ? bytes.indexOf(0, nameAt) - nameAt : flags & NAME_BYTES;
    if (length < 0 || nameAt + length > end || bytes[nameAt + length] !== 0) return null;
    entries.push({
      path: bytes.toString('utf8', nameAt, nameAt + length),
      isLink: bytes.readUInt32BE(at + MODE) === LINK,
    });
    // One to eight NUL bytes behind each.
    at += (nameAt - at + length + 8) & ~7;
  }
  return hasSplit(bytes, at, end) ? null : entries;
}

/** Extensions: four letters, a size, and so many bytes. */
function hasSplit(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at + 8 <= end; at += 8 + bytes.readUInt32BE(at + 4)) {
    if (bytes.toString('latin1', at, at + 4) === 'link') return true;
  }
  return false;
}

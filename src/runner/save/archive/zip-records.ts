/**
 * The records of a zip file (PKWARE APPNOTE 6.3). Sizes are known when a record is written, so there are no data descriptors. Zip64
 * fields appear where a number needs them, in a local header also where it might.
 */
export interface ZipRecord {
  /** With a trailing `/` for a directory. */
  readonly name: Buffer;
  /** `st_mode`, file type included. */
  readonly mode: number;
  readonly modifiedMs: number;
  readonly isDeflated: boolean;
  readonly crc32: number;
  readonly storedBytes: number;
  readonly contentBytes: number;
  /** Where its local header starts. */
  readonly offset: number;
  /** The local header has room for sizes beyond 4 GiB. */
  readonly isBig: boolean;
}

export const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;
const VERSION_DEFLATE = 20;
const VERSION_ZIP64 = 45;
const UNIX = 3 << 8;
const UTF8_NAME = 1 << 11;
const DEFLATED = 8;

export function localHeader(record: ZipRecord): Buffer {
  const extra = Buffer.concat([
    timestampField(record),
    record.isBig ? zip64Field([record.contentBytes, record.storedBytes]) : Buffer.alloc(0),
  ]);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(record.isBig ? VERSION_ZIP64 : VERSION_DEFLATE, 4);
  writeCommon(head, 6, record, record.isBig);
  head.writeUInt16LE(record.name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, record.name, extra]);
}

export function directoryEntry(record: ZipRecord): Buffer {
  const isBig = record.isBig || record.offset >= MAX_32;
  const extra = Buffer.concat([
    timestampField(record),
    isBig ? zip64Field([record.contentBytes, record.storedBytes, record.offset]) : Buffer.alloc(0),
  ]);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(UNIX | VERSION_ZIP64, 4);
  head.writeUInt16LE(isBig ? VERSION_ZIP64 : VERSION_DEFLATE, 6);
  writeCommon(head, 8, record, isBig);
  head.writeUInt16LE(record.name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  // Unix mode above, the DOS bit for directories below.
  head.writeUInt32LE(((record.mode << 16) | ((record.mode & 0o170000) === 0o040000 ? 0x10 : 0)) >>> 0, 38);
  head.writeUInt32LE(isBig ? MAX_32 : record.offset, 42);
  return Buffer.concat([head, record.name, extra]);
}

export function endOfDirectory(entries: number, directoryOffset: number, directoryBytes: number): Buffer {
  const isBig = entries >= MAX_16 || directoryOffset >= MAX_32 || directoryBytes >= MAX_32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isBig ? MAX_16 : entries, 8);
  end.writeUInt16LE(isBig ? MAX_16 : entries, 10);
  end.writeUInt32LE(isBig ? MAX_32 : directoryBytes, 12);
  end.writeUInt32LE(isBig ? MAX_32 : directoryOffset, 16);
  if (!isBig) return end;

  const big = Buffer.alloc(56 + 20);
  big.writeUInt32LE(0x06064b50, 0);
  big.writeBigUInt64LE(44n, 4);
  big.writeUInt16LE(UNIX | VERSION_ZIP64, 12);
  big.writeUInt16LE(VERSION_ZIP64, 14);
  big.writeBigUInt64LE(BigInt(entries), 24);
  big.writeBigUInt64LE(BigInt(entries), 32);
  big.writeBigUInt64LE(BigInt(directoryBytes), 40);
  big.writeBigUInt64LE(BigInt(directoryOffset), 48);
  // Locator: tells where the record above starts.
  big.writeUInt32LE(0x07064b50, 56);
  big.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 64);
  big.writeUInt32LE(1, 72);
  return Buffer.concat([big, end]);
}

/** Flags, method, time, checksum and sizes stand in the same order in both headers. */
function writeCommon(head: Buffer, at: number, record: ZipRecord, isBig: boolean): void {
  const { date, time } = dosTime(record.modifiedMs);
  head.writeUInt16LE(UTF8_NAME, at);
  head.writeUInt16LE(record.isDeflated ? DEFLATED : 0, at + 2);
  head.writeUInt16LE(time, at + 4);
  head.writeUInt16LE(date, at + 6);
  head.writeUInt32LE(record.crc32, at + 8);
  head.writeUInt32LE(isBig ? MAX_32 : record.storedBytes, at + 12);
  head.writeUInt32LE(isBig ? MAX_32 : record.contentBytes, at + 16);
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

/** Info-ZIP's extended timestamp: seconds since 1970 in UTC, which the DOS fields cannot say. */
function timestampField({ modifiedMs }: ZipRecord): Buffer {
  const seconds = Math.floor(modifiedMs / 1000);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x5455, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(Math.min(Math.max(seconds, -0x8000_0000), 0x7fff_ffff), 5);
  return field;
}

/** 1980 to 2107 in steps of two seconds. */
function dosTime(modifiedMs: number): { date: number; time: number } {
  const at = new Date(Math.min(Math.max(modifiedMs, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}

import { Failure } from '../../../../base/index.ts';
import { readNumber, writeNumber } from './tar-number.ts';

export const BLOCK_BYTES = 512;

/** The letter of a header that says what follows it. */
export const TYPES = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  directory: '5',
  longName: 'L',
  longLink: 'K',
  pax: 'x',
  paxForAll: 'g',
} as const;

/** As it stands in 512 bytes. Names are bytes, each of them one character (latin1): they need not be UTF-8. */
export interface TarHeader {
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
}

const NAME_BYTES = 100;
const SUM_AT = 148;
const SUM_BYTES = 8;
const PREFIX_AT = 345;
const PREFIX_BYTES = 155;
/** What POSIX has there; GNU's has two blanks, and no prefix of the name at the end. */
const POSIX_MAGIC = 'ustar\0';
const GNU_MAGIC = 'ustar  \0';

export function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** @throws Failure `archive_refused`: its sum is wrong, or a number is none */
export function decodeHeader(block: Buffer): TarHeader {
  if (readNumber(block.subarray(SUM_AT, SUM_AT + SUM_BYTES), 'checksum') !== sumOf(block))
    throw new Failure('archive_refused', 'the archive is damaged: the checksum of a header is wrong');
  const name = text(block, 0, NAME_BYTES);
  const isPosix = block.toString('latin1', 257, 263) === POSIX_MAGIC;
  const prefix = isPosix ? text(block, PREFIX_AT, PREFIX_BYTES) : '';
  const type = block.toString('latin1', 156, 157);
  return {
    type: type === '\0' ? TYPES.file : type,
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: text(block, 157, NAME_BYTES),
    mode: readNumber(block.subarray(100, 108), 'mode'),
    uid: 0,
    gid: 0,
    sizeBytes: readSize(block),
    modified: readNumber(block.subarray(136, 148), 'time'),
  };
}

function readSize(block: Buffer): number {
  const size = readNumber(block.subarray(124, 136), 'size');
  if (size >= 0) return size;
  throw new Failure('archive_refused', 'the archive has a negative size');
}

function text(block: Buffer, at: number, bytes: number): string {
  const field = block.subarray(at, at + bytes);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? bytes : end);
}

/** The sum's own field counts as blanks. */
function sumOf(block: Buffer): number {
  let sum = SUM_BYTES * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < SUM_AT || at >= SUM_AT + SUM_BYTES) sum += block[at] ?? 0;
  return sum;
}

/** In GNU's format, with entries before it for a name or a target that has no room in it. */
export function encodeHeader(header: TarHeader): Buffer {
  const blocks: Buffer[] = [];
  if (header.linkName.length > NAME_BYTES) blocks.push(...encodeLong(TYPES.longLink, header.linkName));
  if (header.name.length > NAME_BYTES) blocks.push(...encodeLong(TYPES.longName, header.name));
  blocks.push(encodeBlock(header));
  return blocks.length === 1 ? (blocks[0] as Buffer) : Buffer.concat(blocks);
}

function encodeLong(type: string, name: string): readonly Buffer[] {
  const content = Buffer.from(`${name}\0`, 'latin1');
  const common = { linkName: '', mode: 0, uid: 0, gid: 0, modified: 0 };
  const block = encodeBlock({ ...common, type, name: '././@LongLink', sizeBytes: content.length });
  return [block, content, Buffer.alloc(paddingOf(content.length))];
}

function encodeBlock({ type, name, linkName, mode, uid, gid, sizeBytes, modified }: TarHeader): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name.slice(0, NAME_BYTES), 0, 'latin1');
  writeNumber(block.subarray(100, 108), mode);
  writeNumber(block.subarray(108, 116), uid);
  writeNumber(block.subarray(116, 124), gid);
  writeNumber(block.subarray(124, 136), sizeBytes);
  writeNumber(block.subarray(136, 148), modified);
  block.write(type, 156, 'latin1');
  block.write(linkName.slice(0, NAME_BYTES), 157, 'latin1');
  block.write(GNU_MAGIC, 257, 'latin1');
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, SUM_AT, 'latin1');
  return block;
}

/** From the end of a content to the next block. */
export function paddingOf(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Two empty blocks, to the end of a record of twenty, which is what is read at once. */
export function endOfArchive(writtenBytes: number): Buffer {
  const recordBytes = 20 * BLOCK_BYTES;
  const least = 2 * BLOCK_BYTES;
  return Buffer.alloc(least + ((recordBytes - ((writtenBytes + least) % recordBytes)) % recordBytes));
}

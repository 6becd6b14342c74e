import { Failure } from '../../../../base/index.ts';
import { type ByteSource, createByteSource } from './byte-source.ts';
import { type PaxSays, readPax } from './pax.ts';
import { BLOCK_BYTES, decodeHeader, isZero, paddingOf, type TarHeader, TYPES } from './tar-header.ts';

export interface TarEntry {
  /** Bytes, each of them one character (latin1), as the archive has it: it may lead anywhere. A slash at the end of a directory's is left out. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
  /** Of a file's content, else 0. */
  readonly sizeBytes: number;
  /** Of a link; bytes (latin1). */
  readonly target: string;
}

/** Of an archive as it comes; one thing after another. */
export interface TarReader {
  /** Passes over what is left of the entry before. null: the archive's end. */
  next(): Promise<TarEntry | null>;
  /** A piece of the entry's content; null: there is no more of it. */
  content(): Promise<Buffer | null>;
  /** How many bytes of content `content` would still give, and `next` would pass over. */
  leftBytes(): number;
}

/** Longer ones no system has. */
const MAX_NAME_BYTES = 4096;
const MAX_PAX_BYTES = 64 * 1024;

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  [TYPES.file]: 'file',
  [TYPES.hardlink]: 'hardlink',
  [TYPES.symlink]: 'symlink',
  [TYPES.directory]: 'directory',
};

/** Before one entry: a name, a target and a pax header, and one for all. */
const MOST_META = 4;

/**
 * Reads GNU's format and pax. Trusts nothing: takes plain files, directories, and links as text, keeps no more in memory than one piece, two names and a pax header, and
 * calls no sum right that is wrong.
 * @param next resolves to the next piece of the archive; null: there are no more
 * @throws Failure of each method: `archive_refused` (damaged, another kind of entry, a name above 4 KiB, a pax header above 64 KiB), `archive_cut` (it ends before its end mark)
 */
export function createTarReader(next: () => Promise<Buffer | null>): TarReader {
  const source = createByteSource(next);
  let left = 0;
  let padding = 0;

  async function content(): Promise<Buffer | null> {
    if (left === 0) return null;
    const piece = await source.some(left);
    left -= piece.length;
    return piece;
  }

  return {
    async next() {
      while ((await content()) !== null) {}
      await readExactly(source, padding);
      padding = 0;
      const entry = await readEntry(source);
      left = entry?.sizeBytes ?? 0;
      padding = paddingOf(left);
      return entry;
    },
    content,
    leftBytes: () => left,
  };
}

async function readEntry(source: ByteSource): Promise<TarEntry | null> {
  let says: PaxSays = {};
  for (let metas = 0; metas <= MOST_META; metas += 1) {
    const block = await readExactly(source, BLOCK_BYTES);
    if (isZero(block)) return null;
    const header = decodeHeader(block);
    const more = await readMeta(source, header);
    if (more === null) return entryOf(header, says);
    says = { ...says, ...more };
  }
  throw refused('headers that only speak of others');
}

/** null: it is no header that speaks of the next one. */
async function readMeta(source: ByteSource, header: TarHeader): Promise<PaxSays | null> {
  switch (header.type) {
    case TYPES.longName:
      return { name: await readLongName(source, header) };
    case TYPES.longLink:
      return { linkName: await readLongName(source, header) };
    case TYPES.pax:
      return readPax(await readWhole(source, header, MAX_PAX_BYTES));
    case TYPES.paxForAll:
      // Comments, as git writes them.
      readPax(await readWhole(source, header, MAX_PAX_BYTES));
      return {};
    default:
      return null;
  }
}

async function readLongName(source: ByteSource, header: TarHeader): Promise<string> {
  const content = await readWhole(source, header, MAX_NAME_BYTES + 1);
  const end = content.indexOf(0);
  return content.toString('latin1', 0, end === -1 ? content.length : end);
}

async function readWhole(source: ByteSource, { sizeBytes }: TarHeader, mostBytes: number): Promise<Buffer> {
  if (sizeBytes > mostBytes) throw refused(`a header of ${sizeBytes} bytes, more than ${mostBytes}`);
  const content = await readExactly(source, sizeBytes + paddingOf(sizeBytes));
  return content.subarray(0, sizeBytes);
}

async function readExactly(source: ByteSource, bytes: number): Promise<Buffer> {
  const content = await source.exactly(bytes);
  if (content === null) throw new Failure('archive_cut', 'the archive ends without its end mark');
  return content;
}

function entryOf(header: TarHeader, says: PaxSays): TarEntry {
  const { name, linkName: target, sizeBytes, modified } = { ...header, ...says };
  const kind = header.type === TYPES.file && name.endsWith('/') ? 'directory' : KINDS[header.type];
  if (kind === undefined) throw refused(`an entry of a kind that is not taken: ${JSON.stringify(header.type)}`);
  if (name.length > MAX_NAME_BYTES || target.length > MAX_NAME_BYTES) throw refused('a name above 4 KiB');
  if (kind !== 'file' && sizeBytes > 0) throw refused(`a ${kind} with content`);
  return { name: withoutSlash(name), kind, mode: header.mode & 0o777, modified, sizeBytes, target };
}

function withoutSlash(name: string): string {
  let end = name.length;
  while (end > 1 && name[end - 1] === '/') end -= 1;
  return name.slice(0, end);
}

function refused(what: string): Failure {
  return new Failure('archive_refused', `the archive has ${what}`);
}

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { blobFailure } from '../blob-failure.ts';

export type EntryKind = 'file' | 'directory' | 'symlink';

/** What is known of one path in a zip without reading its content. */
export interface ArchiveEntry {
  /** Inside of the archive: no `..`, not absolute, no slash at its end. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  /** As it lies in the archive. */
  readonly packedBytes: number;
  /** Of its local header. */
  readonly offset: number;
  /** 0 stored, 8 deflated; others cannot be opened, nor can -1: encrypted. */
  readonly method: number;
  readonly crc32: number;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedMs: number;
}

/** Every path once, in order. Made from the archive itself; nothing that came with an upload is trusted. */
export type ArchiveIndex = readonly ArchiveEntry[];

const kinds: readonly EntryKind[] = ['file', 'directory', 'symlink'];
const MAX_TEXT_BYTES = 256 * 1024 ** 2;
const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** To be kept beside the archive as a blob of its own: about 35 bytes an entry. */
export async function encodeArchiveIndex(index: ArchiveIndex): Promise<Uint8Array> {
  const rows = index.map((entry) => [
    entry.path,
    kinds.indexOf(entry.kind),
    entry.sizeBytes,
    entry.packedBytes,
    entry.offset,
    entry.method,
    entry.crc32,
    entry.mode,
    entry.modifiedMs,
  ]);
  return zip(JSON.stringify({ version: 1, rows }), { level: 3 });
}

/** @throws Failure `index_unreadable`: it can be made again from the archive. */
export async function decodeArchiveIndex(bytes: Uint8Array): Promise<ArchiveIndex> {
  try {
    const text = (await unzip(bytes, { maxOutputLength: MAX_TEXT_BYTES })).toString();
    const { version, rows } = JSON.parse(text) as { readonly version: unknown; readonly rows: readonly unknown[][] };
    if (version !== 1) throw new Error(`version ${version} is unknown`);
    return rows.map(readRow);
  } catch (error) {
    throw blobFailure('index_unreadable', 'cannot read the index of an archive', error);
  }
}

function readRow([path, kind, ...numbers]: readonly unknown[]): ArchiveEntry {
  const [sizeBytes, packedBytes, offset, method, crc32, mode, modifiedMs] = numbers.map(asNumber) as Numbers;
  const knownKind = kinds[asNumber(kind)];
  if (typeof path !== 'string' || knownKind === undefined || modifiedMs === undefined) throw new Error('a bad row');
  return { path, kind: knownKind, sizeBytes, packedBytes, offset, method, crc32, mode, modifiedMs };
}

type Numbers = [number, number, number, number, number, number, number];

function asNumber(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new Error('a bad number');
}

/** By its path, exactly. */
export function findEntry(index: ArchiveIndex, path: string): ArchiveEntry | null {
  const entry = index[firstFrom(index, path)];
  return entry?.path === path ? entry : null;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: EntryKind;
  /** 0 of a directory. */
  readonly sizeBytes: number;
}

/** What lies right in a folder (`''`: the top); directories that the archive does not name itself are there too. Null: no such folder. */
export function listFolder(index: ArchiveIndex, folder: string): readonly FolderEntry[] | null {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, FolderEntry>();
  for (let at = firstFrom(index, prefix); index[at]?.path.startsWith(prefix); at += 1) {
    const { path, kind, sizeBytes } = index[at] as ArchiveEntry;
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    const isInside = below.length > 0;
    if (isInside && found.get(name)?.kind === 'directory') continue;
    found.set(name, isInside ? { name, kind: 'directory', sizeBytes: 0 } : { name, kind, sizeBytes });
  }
  const isThere = folder === '' || found.size > 0 || findEntry(index, folder)?.kind === 'directory';
  return isThere ? [...found.values()] : null;
}

/** Where `path` stands, or would. */
function firstFrom(index: ArchiveIndex, path: string): number {
  let low = 0;
  for (let high = index.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((index[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import {
  type BytePath,
  describeError,
  errorCode,
  Failure,
  joinPath,
  type Pace,
  showPath,
  toBytePath,
  toSystemPath,
} from '../../../../base/index.ts';
import type { OutgoingEntry } from '../tar/write-tar.ts';

const CHUNK_BYTES = 256 * 1024;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What is needed to put something into a directory. */
const OWNERS = 0o700;

/**
 * All that lies in a directory of the runner, each directory before what it holds. One that is read-only comes writable, for it takes no files else.
 * Neither files, directories nor links are passed over. Synchronous system calls, paced: as in `copyTree`, which is quicker so.
 * @param readOnly gets what these are to be at last, the deepest last
 * @throws Failure `source_unreadable`, `canceled`
 */
export async function* treeEntries(
  directory: string,
  pace: Pace,
  readOnly: OutgoingEntry[],
): AsyncGenerator<OutgoingEntry> {
  const root = toBytePath(directory);
  const open: string[] = [''];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const at = name === '' ? root : joinPath(root, name);
    for (const child of attempt(at, () => readdirSync(toSystemPath(at), { encoding: 'latin1' }))) {
      const path = name === '' ? child : `${name}/${child}`;
      const entry = attempt(joinPath(root, path), () => describe(root, path));
      if (entry?.kind === 'directory') {
        open.push(path);
        if ((entry.mode & OWNERS) !== OWNERS) readOnly.push(entry);
        yield { ...entry, mode: entry.mode | OWNERS };
      } else if (entry !== null) yield* withContent(root, entry);
      await pace();
    }
  }
}

/** Of the top, which is moved to its place at last: a read-only directory could not be. */
export function isAtTop({ name }: OutgoingEntry): boolean {
  return !name.includes('/');
}

function describe(root: BytePath, name: string): OutgoingEntry | null {
  const path = toSystemPath(joinPath(root, name));
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const common = { name, mode: (stats?.mode ?? 0) & 0o777, modifiedMs: stats?.mtimeMs ?? 0, sizeBytes: 0 };
  if (stats?.isDirectory()) return { ...common, kind: 'directory' };
  if (stats?.isSymbolicLink())
    return { ...common, kind: 'symlink', target: readlinkSync(path, { encoding: 'latin1' }) };
  return stats?.isFile() ? { ...common, kind: 'file', sizeBytes: stats.size } : null;
}

/** The file is open while its entry is written. */
function* withContent(root: BytePath, entry: OutgoingEntry): Generator<OutgoingEntry> {
  if (entry.kind !== 'file') {
    yield entry;
    return;
  }
  const path = joinPath(root, entry.name);
  const file = attempt(path, () => openSync(toSystemPath(path), READ));
  try {
    const { mode, mtimeMs, size } = fstatSync(file);
    yield { ...entry, mode: mode & 0o777, modifiedMs: mtimeMs, sizeBytes: size, content: chunksOf(file) };
  } finally {
    closeSync(file);
  }
}

function* chunksOf(file: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (count > 0) yield chunk.subarray(0, count);
    if (count < CHUNK_BYTES) return;
  }
}

function attempt<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = errorCode(error) === 'EACCES' ? 'permission denied' : describeError(error);
    throw new Failure('source_unreadable', `cannot read ${showPath(path)}: ${reason}`, { cause: error });
  }
}

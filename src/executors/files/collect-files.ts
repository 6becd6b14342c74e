import { constants, createReadStream, type Dirent, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { errorCode } from '../../base/index.ts';
import type { CollectedFile, FileSelection } from '../executor.ts';
import { listUntracked } from './list-untracked.ts';
import { compileSelection, type PathTest } from './select-paths.ts';

interface Walk {
  readonly root: string;
  readonly test: PathTest;
  readonly untracked: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** So many files are looked at together: one after the other, 100,000 files take 3 s instead of 1.3 s. */
const BATCH = 64;

/**
 * Walks the project directory in path order, one directory's names in memory at a time. Links are entries and never
 * followed, so nothing outside can be reached; sockets, pipes and devices are passed over, as are files that vanish meanwhile.
 */
export async function* collectFiles(
  projectDir: string,
  selection: FileSelection,
  signal: AbortSignal,
): AsyncGenerator<CollectedFile> {
  const untracked = selection.untracked ? await listUntracked(projectDir, signal) : new Set<string>();
  const test = compileSelection(selection, projectDir);
  yield* walk({ root: projectDir, test, untracked, signal }, '', test.selects(''));
}

async function* walk(job: Walk, directory: string, selected: boolean): AsyncGenerator<CollectedFile> {
  const visits = await listInPathOrder(job.root, directory);
  for (let from = 0; from < visits.length; from += BATCH) {
    const batch = visits
      .slice(from, from + BATCH)
      .map((visit) => ({ ...visit, chosen: selected || job.test.selects(visit.path) }));
    const files = await Promise.all(
      batch.map((visit) => (isWanted(job, visit) ? describe(job.root, visit.path) : null)),
    );
    for (const [index, { path, visit, chosen }] of batch.entries()) {
      job.signal.throwIfAborted();
      const file = files[index] ?? null;
      if (file !== null) yield file;
      if (visit === 'below' && leadsOn(job, path, chosen)) yield* walk(job, path, chosen);
    }
  }
}

function isWanted({ test, untracked }: Walk, { path, visit, chosen }: Visit & { readonly chosen: boolean }): boolean {
  return visit === 'itself' && (chosen || untracked.has(path)) && !test.excludes(path);
}

function leadsOn({ test, untracked }: Walk, directory: string, chosen: boolean): boolean {
  if (test.excludesAllBelow(directory)) return false;
  return chosen || untracked.size > 0 || test.mayContain(directory);
}

interface Visit {
  readonly path: string;
  readonly visit: 'itself' | 'below';
}

/** `a`, `a.txt`, `a/b`: a directory's own entry and what lies below it are apart in path order. */
async function listInPathOrder(root: string, directory: string): Promise<readonly Visit[]> {
  const prefix = directory === '' ? '' : `${directory}/`;
  const visits: { readonly key: string; readonly path: string; readonly visit: Visit['visit'] }[] = [];
  for (const entry of await readNames(join(root, directory))) {
    const path = prefix + entry.name;
    visits.push({ key: path, path, visit: 'itself' });
    if (entry.isDirectory()) visits.push({ key: `${path}/`, path, visit: 'below' });
  }
  return visits.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function readNames(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

async function describe(root: string, path: string): Promise<CollectedFile | null> {
  const absolute = join(root, path);
  try {
    const stats = await lstat(absolute);
    const common = { path, mode: stats.mode & 0o777, modifiedMs: Math.trunc(stats.mtimeMs) };
    if (stats.isSymbolicLink()) {
      const target = Buffer.from(await readlink(absolute));
      return { ...common, kind: 'symlink', sizeBytes: target.length, open: () => Readable.from([target]) };
    }
    if (stats.isDirectory()) return { ...common, kind: 'directory', sizeBytes: 0, open: () => Readable.from([]) };
    if (stats.isFile()) return { ...common, kind: 'file', sizeBytes: stats.size, open: () => read(absolute, stats) };
    return null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** At most as many bytes as announced, as the file may still grow; and never through a link that took its place. */
function read(path: string, { size }: Stats): Readable {
  if (size === 0) return Readable.from([]);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  return createReadStream(path, { flags: flags as unknown as string, end: size - 1 });
}

import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Clock, errorCode, listNames, removeTree } from '../../base/index.ts';
import { type BareRepository, writeGit } from './bare-repository.ts';

export interface Size {
  /** As the disk counts: whole blocks. */
  readonly bytes: number;
  readonly files: number;
}

/** What a repository takes on the disk. What goes while it is counted does not count. */
export async function sizeOf({ gitDir }: BareRepository): Promise<Size> {
  let bytes = 0;
  let files = 0;
  await walk(gitDir, async (path) => {
    const found = await lstat(path).catch(skipAbsent);
    bytes += (found?.blocks ?? 0) * 512;
    files += 1;
  });
  return { bytes, files };
}

export interface MaintainOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Default 1 h. */
  readonly timeoutMs?: number;
}

/** Git holds a lock for seconds; one that a crash left keeps a branch from moving until it is removed. */
const OLD_LOCK_MS = 10 * 60_000;

/** A push may take hours, if it is allowed to. */
const OLD_DRAFT_MS = 24 * 60 * 60_000;

/**
 * Packs what has grown loose and drops what nothing has led to for two weeks, if git finds it worth while; removes locks and half
 * received packs that a crash left. Beside it, fetches and pushes go on. For one replica at a time; twice is fine.
 */
export async function maintain(repository: BareRepository, options: MaintainOptions): Promise<void> {
  await removeLeftBehind(repository, options.clock.now());
  await writeGit(repository, ['-c', 'gc.auto=2000', 'gc', '--auto', '--quiet'], {
    timeoutMs: options.timeoutMs ?? 60 * 60_000,
    ...(options.signal && { signal: options.signal }),
  });
}

async function removeLeftBehind({ gitDir }: BareRepository, now: number): Promise<void> {
  const removeIfOlder = async (path: string, ageMs: number) => {
    const found = await lstat(path).catch(skipAbsent);
    if (found === null || found.mtimeMs >= now - ageMs) return;
    // What cannot be removed, because something is mounted there, say, is old the next time, too.
    await removeTree(gitDir, relative(gitDir, path).split(sep));
  };
  for (const name of await listNames(join(gitDir, 'objects'))) {
    if (name.startsWith('tmp_objdir-')) await removeIfOlder(join(gitDir, 'objects', name), OLD_DRAFT_MS);
  }
  for (const name of await listNames(join(gitDir, 'objects/pack'))) {
    // `.keep`: of a push that was killed between its pack and its refs; git would leave that pack alone for ever.
    if (/^tmp_|\.keep$/.test(name)) await removeIfOlder(join(gitDir, 'objects/pack', name), OLD_DRAFT_MS);
  }
  for (const name of await listNames(gitDir)) {
    if (name.endsWith('.lock')) await removeIfOlder(join(gitDir, name), OLD_LOCK_MS);
  }
  await walk(join(gitDir, 'refs'), async (path) => {
    if (path.endsWith('.lock')) await removeIfOlder(path, OLD_LOCK_MS);
  });
}

async function walk(dir: string, visit: (path: string) => Promise<void>): Promise<void> {
  for (const entry of (await readdir(dir, { withFileTypes: true }).catch(skipAbsent)) ?? []) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await walk(path, visit);
    else await visit(path);
  }
}

function skipAbsent(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw error;
}

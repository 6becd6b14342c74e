import { lstatSync, readdirSync, realpathSync, rmdirSync, type Stats } from 'node:fs';
import { chmod, lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, invariant } from '../failure.ts';
import { mountsAtOrBelow } from '../mounts.ts';

/**
 * Removes what lies at `names`, one name a level, below `within`, and all below that. No name can lead elsewhere: each is one plain
 * name, and none but the last may be a symbolic link. Links are removed, never followed; what is mounted there is left as it is.
 * Directories without write permission are made writable first. That nothing is there is fine.
 * @returns what is left and why, for people; empty when nothing is. Never throws for trouble with the file system.
 */
export async function removeTree(within: string, names: readonly string[]): Promise<readonly string[]> {
  invariant(names.length > 0, `something below ${within} is to be removed`);
  for (const name of names) invariant(isPlainName(name), `a plain name to remove, not ${JSON.stringify(name)}`);
  try {
    // The system lists mounts by their real paths.
    const root = realpathSync.native(within);
    const link = symbolicParent(root, names);
    return link === null ? await removePath(root, names) : [`${link} (a symbolic link that leads elsewhere)`];
  } catch (error) {
    return isAbsent(error) ? [] : [`${join(within, ...names)} (${errorCode(error) ?? String(error)})`];
  }
}

/**
 * As `removeTree`, but the directory itself stays, and stays the same: it may be mounted somewhere. What is no directory is removed.
 */
export async function emptyTree(within: string, names: readonly string[]): Promise<readonly string[]> {
  const path = join(within, ...names);
  const entries = directoryEntries(path);
  if (entries === null) return await removeTree(within, names);
  if (entries.length === 0) return [];
  for (const name of names) invariant(isPlainName(name), `a plain name to empty, not ${JSON.stringify(name)}`);
  try {
    const root = realpathSync.native(within);
    const link = symbolicParent(root, names);
    return link === null ? await emptyPath(join(root, ...names)) : [`${link} (a symbolic link that leads elsewhere)`];
  } catch (error) {
    return isAbsent(error) ? [] : [`${path} (${errorCode(error) ?? String(error)})`];
  }
}

/** null: no directory, or a link to one, or one that cannot be read. */
function directoryEntries(path: string): readonly Buffer[] | null {
  try {
    return lstatSync(path).isDirectory() ? readdirSync(path, { encoding: 'buffer' }) : null;
  } catch {
    return null;
  }
}

async function emptyPath(path: string): Promise<readonly string[]> {
  const mounts = mountsAtOrBelow(path);
  const children = (directoryEntries(path) ?? []).map((name) => Buffer.concat([Buffer.from(path), SLASH, name]));
  if (mounts?.size === 0) {
    const gone = await Promise.allSettled(children.map((child) => rm(child, { recursive: true, force: true })));
    if (gone.every(({ status }) => status === 'fulfilled')) return [];
  }
  const stat = lstatSync(path);
  await makeWritable(Buffer.from(path), stat);
  const left: string[] = [];
  for (const child of children) await removeEntry(child, { mounts, device: stat.dev, left });
  return left;
}

/** One level of a path: what it is joined to is what it lies in. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

function symbolicParent(root: string, names: readonly string[]): string | null {
  let path = root;
  for (const name of names.slice(0, -1)) {
    path = join(path, name);
    if (lstatSync(path).isSymbolicLink()) return path;
  }
  return null;
}

async function removePath(root: string, names: readonly string[]): Promise<readonly string[]> {
  const path = join(root, ...names);
  if (removeEmpty(path)) return [];
  const mounts = mountsAtOrBelow(path);
  if (mounts?.size === 0) {
    // Ten times as fast as a walk of our own; nearly every tree is one of these.
    const isGone = await rm(path, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (isGone) return [];
  }
  const left: string[] = [];
  await removeEntry(Buffer.from(path), { mounts, device: lstatSync(join(path, '..')).dev, left });
  return left;
}

/** The system itself refuses where a link is, a mount, or anything else: then it takes the long way. */
function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

interface Walk {
  /** In `latin1`, a character a byte; null: the system does not list them. */
  readonly mounts: ReadonlySet<string> | null;
  /** Of the directory above; another one means that something is mounted here. */
  readonly device: number;
  readonly left: string[];
}

/** Paths are bytes: a name need not be UTF-8. @returns whether it is gone. */
async function removeEntry(path: Buffer, walk: Walk): Promise<boolean> {
  try {
    const stat = await lstat(path);
    if (stat.dev !== walk.device || walk.mounts?.has(path.toString('latin1'))) {
      walk.left.push(`${path} (something is mounted there)`);
      return false;
    }
    if (!stat.isDirectory()) {
      await unlink(path);
      return true;
    }
    await makeWritable(path, stat);
    let isEmpty = true;
    for (const name of await readdir(path, { encoding: 'buffer' })) {
      if (!(await removeEntry(Buffer.concat([path, SLASH, name]), walk))) isEmpty = false;
    }
    if (isEmpty) await rmdir(path);
    return isEmpty;
  } catch (error) {
    if (isAbsent(error)) return true;
    walk.left.push(`${path} (${errorCode(error) ?? String(error)})`);
    return false;
  }
}

const SLASH = Buffer.from('/');

/** Package caches like to make their directories read-only. Not ours to change: what follows shows it. */
async function makeWritable(path: Buffer, stat: Stats): Promise<void> {
  if ((stat.mode & 0o700) !== 0o700) await chmod(path, 0o700).catch(() => {});
}

function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}

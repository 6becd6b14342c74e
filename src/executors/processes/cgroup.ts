import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Clock, readRegularFile, writeDurably } from '../../base/index.ts';
import { findCgroupHomes } from './cgroup-homes.ts';
import { withDescriptors } from './spare-descriptors.ts';

/**
 * What the kernel offers to keep track of a job's processes, where it lets us: whatever a process does to its session, its environment or
 * its files, it stays in the cgroup that it was born in, unless it may move itself. A job's cgroup lies below our own. All of this is an
 * attempt: where there is none, or where it fails, the other marks have to do.
 */
export interface JobCgroup {
  /** What a shell writes `0` to, to move itself there; null where there is no cgroup. The first call makes the cgroup. */
  entrance(): string | null;
  /** Ids of its processes, those of nested jobs left out when they are `spared`. */
  members(nested: 'included' | 'spared'): ReadonlySet<number>;
  /** Lets no process of it run, and so fork, while `action` goes on. */
  frozen(action: () => void): void;
  /** Undoes a freeze, whoever made it, of this cgroup and of those below: a script's own, a nested job's whose runner was killed. */
  thaw(): void;
  /** Once all its processes have been ended; one that is in use all the same stays. */
  remove(clock: Clock): Promise<void>;
}

/** Where the path of the cgroup lies, in `stepsDir`, for whoever takes the job over. */
const RECORD = 'cgroup';
const PREFIX = 'epilogue-';
/** The kernel may let go of a process a moment after it shows it as dead. */
const REMOVE_EVERY_MS = 5;
const REMOVE_TRIES = 40;

export function createJobCgroup(stepsDir: string, cookie: string): JobCgroup {
  // The cookie itself stays secret.
  const name = `${PREFIX}${createHash('sha256').update(cookie).digest('hex').slice(0, 16)}`;
  /** undefined: not looked for yet; null: none can be had. */
  let path: string | null | undefined;

  /** A record with another name is not ours: who knows what is in that cgroup. */
  function recorded(): string | null {
    const known = attempt(() => readRegularFile(join(stepsDir, RECORD)).toString())?.trimEnd() ?? '';
    return basename(known) === name && existsSync(known) ? known : null;
  }

  return {
    entrance() {
      if (path === undefined) path = recorded() ?? makeCgroup(name, join(stepsDir, RECORD));
      return path && entranceOf(path);
    },
    members(nested) {
      path ??= recorded() ?? undefined;
      const found = new Set<number>();
      if (path) collectMembers(path, nested, found);
      return found;
    },
    frozen(action) {
      // Whoever recovers from inside of a job must not stop itself.
      const dir = path && !this.members('included').has(process.pid) ? path : null;
      if (dir) setFrozen(dir, true);
      try {
        action();
      } finally {
        if (dir) setFrozen(dir, false);
      }
    },
    thaw() {
      path ??= recorded() ?? undefined;
      if (path) thawTree(path);
    },
    async remove(clock) {
      path ??= recorded() ?? undefined;
      for (let tries = REMOVE_TRIES; path && tries > 0; tries -= 1) {
        await removeCgroups(path);
        if (!existsSync(path)) break;
        await clock.sleep(REMOVE_EVERY_MS);
      }
      path = undefined;
    },
  };
}

function makeCgroup(name: string, record: string): string | null {
  for (const home of findCgroupHomes()) {
    const path = join(home, name);
    // Named before it is there: of a runner that is killed in between, nobody would find it.
    // In one move: a script may have put a pipe in its place, at which one would wait for ever.
    if (attempt(() => writeDurably(record, `${path}\n`, false) ?? true) === null) break;
    attempt(() => mkdirSync(path));
    if (existsSync(path)) return path;
  }
  attempt(() => rmSync(record, { force: true }));
  return null;
}

/**
 * Of a version 1 hierarchy `tasks`: a thread that moves itself, as a shell is one, need not wait for a grace period of the kernel, which
 * takes 10 ms. Version 2 has only the slow way for a cgroup that is no different from others.
 */
function entranceOf(path: string): string {
  const quick = join(path, 'tasks');
  return existsSync(quick) ? quick : join(path, 'cgroup.procs');
}

function collectMembers(path: string, nested: 'included' | 'spared', found: Set<number>): void {
  for (const line of attempt(() => readFileSync(join(path, 'cgroup.procs'), 'utf8'))?.split('\n') ?? []) {
    if (line !== '') found.add(Number(line));
  }
  for (const child of childrenOf(path)) {
    if (nested === 'included' || !child.startsWith(PREFIX)) collectMembers(join(path, child), nested, found);
  }
}

function childrenOf(path: string): readonly string[] {
  const entries = attempt(() => readdirSync(path, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function setFrozen(path: string, isFrozen: boolean): void {
  const write = (file: string, text: string): true | null =>
    attempt(() => writeFileSync(join(path, file), text, { flag: 'r+' }) ?? true);
  write('freezer.state', isFrozen ? 'FROZEN' : 'THAWED') ?? write('cgroup.freeze', isFrozen ? '1' : '0');
}

/** The highest first: of version 1, one below a frozen one stays frozen with it. */
function thawTree(path: string): void {
  setFrozen(path, false);
  for (const child of childrenOf(path)) thawTree(join(path, child));
}

/** The deepest first; one that is not empty stays, and those above it. The kernel takes half a millisecond for each, so nobody waits for it. */
async function removeCgroups(path: string): Promise<void> {
  for (const child of childrenOf(path)) await removeCgroups(join(path, child));
  await rmdir(path).catch(() => {});
}

/** null: it could not be done. */
function attempt<T>(action: () => T): T | null {
  try {
    return withDescriptors(action);
  } catch {
    return null;
  }
}

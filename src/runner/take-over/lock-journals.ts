import { join } from 'node:path';
import { type Clock, type FileLock, lockHolder, tryLock } from '../../base/index.ts';
import { type Holder, isDead, readHolder, writeHolder } from './holder.ts';

/**
 * One directory has one lock for all the journals in it: `jobs/<id>/` of a local run, say. Taking it writes nothing, so that a
 * full disk does not keep anybody from stopping what runs.
 */
export function tryLockJournals(directory: string): Promise<FileLock | null> {
  return tryLock(join(directory, 'lock'));
}

/** The process that works on the journals of this directory. null: none that can be seen. */
export function holderOfJournals(directory: string): number | null {
  return lockHolder(join(directory, 'lock'));
}

export interface LockOptions {
  readonly directory: string;
  /** Who asks; written down once the lock is ours, if there is room. */
  readonly by: Holder['role'];
  /** Wait until whoever recovers them at the moment is done, or only long enough to tell a look from work. */
  readonly wait: boolean;
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** Called once when somebody else is at work on them; `waits`: and we wait for it. */
  readonly onHeld: (holder: Holder, waits: boolean) => void;
}

/** A guard begins within a second; its cleanups may take this long before whoever waits for it gives up. */
const WAIT_MS = 30 * 60_000;
/** Whoever only looks whether a lock is free holds it for a moment. */
const BRIEF_MS = 1_000;
const LOOK_EVERY_MS = 100;

/**
 * Takes the journals of a runner that died. Null: somebody else works on them, that runner itself included.
 * @throws Failure `lock_unusable`
 */
export async function lockJournals(options: LockOptions): Promise<FileLock | null> {
  const { directory, clock, by, wait, signal, onHeld } = options;
  const giveUpAt = clock.monotonic() + (wait ? WAIT_MS : BRIEF_MS);
  for (let told = false; ; ) {
    const lock = await tryLockJournals(directory);
    if (lock !== null) {
      writeHolder(directory, by);
      return lock;
    }
    const holder = readHolder(directory);
    // A killed run left its name there until whoever holds the lock has written its own. A guard knows that its run is dead.
    const isStale = holder === null || (holder.role === 'run' && (by === 'guard' || isDead(holder)));
    const gaveUp = (!isStale && holder.role === 'run') || signal.aborted || clock.monotonic() >= giveUpAt;
    if (!told && !isStale && (gaveUp || wait)) {
      onHeld(holder, wait && !gaveUp);
      told = true;
    }
    if (gaveUp) return null;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

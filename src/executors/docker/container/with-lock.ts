import { join } from 'node:path';
import { type Clock, Failure, type FileLock, makeDirectory, tryLock } from '../../../base/index.ts';
import { privateDir } from './private-notes.ts';

export interface Locking {
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  readonly stepsDir: string;
  readonly signal: AbortSignal;
}

/** For a lock that another process holds while it makes something, a container with a slow entrypoint at the longest. */
const LOCK_MS = 150_000;
const PAUSE_MS = 20;

/**
 * Does something that two processes of this machine must not do at once for one job. Where no lock can be had, on a full disk, say, it is done all the same: without it nothing of the job could be stopped.
 * @throws Failure `canceled`, and what `action` throws
 */
export async function withLock<T>(name: string, locking: Locking, action: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(name, locking);
  try {
    return await action();
  } finally {
    lock?.release();
  }
}

async function waitForLock(name: string, { clock, stepsDir, signal }: Locking): Promise<FileLock | null> {
  const until = clock.monotonic() + LOCK_MS;
  try {
    makeDirectory(privateDir(stepsDir), 0o700);
    for (;;) {
      const lock = await tryLock(join(privateDir(stepsDir), `${name}.lock`));
      if (lock !== null || clock.monotonic() >= until) return lock;
      if (signal.aborted) throw new Failure('canceled', 'what another process makes was not waited for: canceled');
      await clock.sleep(PAUSE_MS, signal);
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'canceled') throw error;
    return null;
  }
}

import { errorCode, Failure, type FileLock } from '../base/index.ts';
import { holderOfJournals, readHolder, tryLockJournals, writeHolder } from '../runner/index.ts';
import type { DaemonOptions } from './daemon-options.ts';

/** Whoever only looks whether the lock is free holds it for a moment; one that has just got it may not have written its name yet. */
const BRIEF_MS = 1_000;
/** One that is told to give way does so at once. */
const GIVE_WAY_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * The lock of a runner's directory. A process that only finishes what is left there gives way to one that does more.
 * @throws Failure `runner_in_use`, `lock_unusable`
 */
export async function takeLock({ directory, isFinishing, clock, log }: DaemonOptions): Promise<FileLock> {
  let until = clock.monotonic() + BRIEF_MS;
  for (let isTold = false; ; ) {
    const lock = await tryLockJournals(directory);
    if (lock !== null) {
      writeHolder(directory, isFinishing ? 'finish' : 'runner');
      return lock;
    }
    const pid = finisherIn(directory);
    if (pid !== null && !isFinishing && !isTold) {
      isTold = true;
      until = clock.monotonic() + GIVE_WAY_MS;
      log('info', `takes over from the process that finishes what was left here (${pid})`);
      tellToGiveWay(pid);
    }
    if (clock.monotonic() >= until) throw inUse(directory);
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function inUse(directory: string): Failure {
  const pid = holderOfJournals(directory);
  const who = pid === null ? 'another runner' : `another runner (process ${pid})`;
  return new Failure('runner_in_use', `${who} works in ${directory}: stop it, or name another directory for this one`);
}

/** What is written may be of one that is gone; the system knows who has the lock. */
function finisherIn(directory: string): number | null {
  const holder = readHolder(directory);
  return holder?.role === 'finish' && holder.pid === holderOfJournals(directory) ? holder.pid : null;
}

function tellToGiveWay(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR2');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

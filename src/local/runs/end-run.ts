import { type Clock, describeError, type FileLock } from '../../base/index.ts';
import { pruneRuns } from './list-runs.ts';
import { strikeOff } from './register-run.ts';
import { leftWords, type RunDirectory, removeBuilds } from './run-directory.ts';
import { markTold, writeEnding } from './run-ending.ts';

export interface RunEnd {
  readonly clock: Clock;
  readonly lock: FileLock;
  readonly guard: { dismiss(): Promise<void> };
  readonly warn: (text: string) => void;
}

/** Nothing is owed any more: the run is on record as ended, what can be made again is removed, the guard may leave. */
export async function endRun(run: RunDirectory, { clock, lock, guard, warn }: RunEnd): Promise<void> {
  try {
    // Before the ending: nobody looks after a run that has one.
    const left = run.record.keep ? [] : await removeBuilds(run);
    writeEnding(run, { by: 'run', at: clock.now(), jobs: [] });
    markTold(run);
    strikeOff(run);
    const words = leftWords([...left, ...(await pruneRuns(run.paths, run.record.checkout))]);
    if (words !== null) warn(words);
  } catch (error) {
    warn(`could not tidy up after the run: ${describeError(error)}`);
  } finally {
    await guard.dismiss();
    lock.release();
  }
}

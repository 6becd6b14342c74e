import { type RecoverOptions, type Recovery, recoverRuns } from './recover-runs.ts';

/** Between two tries, doubled each time. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** What has stood in the way for a day does not go away by waiting; whoever calls `recover` or `run` next is told. */
const PATIENCE_MS = 24 * 60 * 60_000;

/**
 * Recovers as a guard does: nobody is there who would try again, so what cannot be done now (a full disk, no more processes) is tried until
 * it can, for a day. Between two tries the runs belong to nobody, and whoever wants may finish them first.
 */
export async function keepRecovering(options: RecoverOptions): Promise<Recovery> {
  const { clock, control } = options;
  const begun = clock.monotonic();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    const recovery = await recoverRuns(options);
    const isOver = control.interruption !== null || clock.monotonic() - begun >= PATIENCE_MS;
    if (!recovery.mayBeTriedAgain || isOver) return recovery;
    await clock.sleep(waitMs, control.interruptSignal);
  }
}

import type { Host } from './host.ts';
import type { RunShow } from './present/show-run.ts';

/** A report that nobody reads (a stopped pager, a hung terminal) must not hold signals off for ever. */
const REPORT_MS = 2_000;
/** A reader who has taken nothing for so long is not waited for: the logs are whole in their files. */
const PATIENCE_MS = 60_000;
/** After a signal somebody waits for the end of the program. */
const SHORT_PATIENCE_MS = 5_000;

export interface Closing {
  readonly stopForwarding: () => void;
  /** A signal has ended the run. */
  readonly isInterrupted: boolean;
}

/**
 * Ends the show of a run that is over: nothing is owed any more, so signals get their usual meaning back after a moment, and a reader who
 * stands still is left behind.
 */
export async function closeShow(
  show: Pick<RunShow, 'close'>,
  { clock, stdout }: Pick<Host, 'clock' | 'stdout'>,
  { stopForwarding, isInterrupted }: Closing,
): Promise<void> {
  const closed = show.close().then(() => true);
  await Promise.race([closed, clock.sleep(REPORT_MS)]);
  stopForwarding();
  const patienceMs = isInterrupted ? SHORT_PATIENCE_MS : PATIENCE_MS;
  for (let before = -1; before !== stdout.takenBytes(); ) {
    before = stdout.takenBytes();
    if (await Promise.race([closed, clock.sleep(patienceMs).then(() => false)])) return;
  }
  stdout.giveUp();
}

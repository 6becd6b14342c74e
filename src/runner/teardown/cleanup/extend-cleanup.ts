import { describeError, errorCode } from '../../../base/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import { record } from '../../journal/record.ts';
import { infoLine, seconds, warningLine } from '../../log/sections.ts';
import { say } from '../../log/tell.ts';

/** In the place's temporary directory. */
export const EXTENSION_FILE = 'extend_cleanup';

/**
 * Gives a cleanup more time, which it asks for by a line in the file that `EPILOGUE_EXTEND_CLEANUP` names: the seconds that it wants in all beyond
 * its budget. The total, so that a line which is read twice counts once; the largest wins. One file a job, whatever the attempt.
 * @returns how to look whether it asked for more since the last time.
 */
export function extender(
  run: JobRun,
  { cause }: Verdict,
  leftMs: () => number,
  isOver: AbortSignal,
): () => Promise<void> {
  const { place, journal, clock, ports, extensionLimitMs: limitMs } = run;
  let unended = '';
  let hasWarned = false;

  function warn(words: string): void {
    if (!hasWarned) say(run, warningLine(words));
    hasWarned = true;
  }

  function grant(wantedMs: number): void {
    const extraMs = Math.min(wantedMs, limitMs);
    if (extraMs < wantedMs)
      warn(`after_script asked for ${seconds(wantedMs)} more, and this runner grants ${seconds(limitMs)} at most`);
    const moreMs = extraMs - journal.progress.cleanupExtraMs;
    if (moreMs <= 0) return;
    record(run, { move: 'cleanup_extended', extraMs });
    const deadline = clock.now() + Math.max(0, leftMs());
    const until = new Date(deadline).toISOString();
    say(run, infoLine(`after_script asked for ${seconds(moreMs)} more: its deadline is now ${until}`));
    ports.extended({ cause, extraMs, deadline });
  }

  return async () => {
    try {
      const text = await place.readNote(EXTENSION_FILE);
      if (text === null || isOver.aborted) return;
      // It may be written at this moment.
      const isWritten = text.endsWith('\n') || text === unended;
      unended = text;
      if (text === '' || !isWritten) return;
      if (/^\d{1,9}\n$/.test(text)) grant(Number(text) * 1000);
      else warn('after_script asked for more time, but not by one line of whole seconds (EPILOGUE_EXTEND_CLEANUP)');
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      warn(`what after_script has put into EPILOGUE_EXTEND_CLEANUP is passed over: ${describeError(error)}`);
    }
  };
}

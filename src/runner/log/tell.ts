import { describeError, errorCode } from '../../base/index.ts';
import type { StepState } from '../../executors/index.ts';
import type { JobRun } from '../job-run.ts';
import { sectionStart, title, warningLine } from './sections.ts';

/** A section's opening lines. */
export function heading(run: JobRun, section: string, words: string): string {
  return sectionStart(section, run.clock.now()) + title(words);
}

/** Says something in the job's log; trouble with the log is told elsewhere and stops nothing. */
export function say(run: JobRun, text: string): void {
  tolerateLogTrouble(run, () => run.log.write(text));
}

/** What the place knows of a step's end beyond its code. */
export function tellRemarks(run: JobRun, state: StepState): void {
  const remarks = 'remarks' in state ? (state.remarks ?? []) : [];
  for (const remark of remarks) say(run, warningLine(remark));
}

/** `leastBytes`: as for `JobLog.beginStep`. */
export function beginStep(run: JobRun, step: string, heading: string, leastBytes = 0): void {
  if (run.log.step !== step) tolerateLogTrouble(run, () => run.log.beginStep(step, heading, leastBytes));
}

/**
 * Ships a turn's worth of what the current step printed, less once `signal` has aborted. What cannot be written now (`stuck`) is tried
 * again at the next call, which had better not be made at once.
 */
export async function ship(run: JobRun, signal?: AbortSignal): Promise<'all' | 'more' | 'stuck'> {
  try {
    return (await run.log.ship(run.place, false, signal)) ? 'more' : 'all';
  } catch (error) {
    tolerate(run, error);
    return 'stuck';
  }
}

/** The step is dead: a log that takes longer than this is cut off, since its cleanup waits. */
const DRAIN_MS = 60_000;

/** Ships the rest of what the current step printed. */
export async function drain(run: JobRun): Promise<void> {
  const { log, place, clock, control } = run;
  const begun = clock.monotonic();
  try {
    while (await log.ship(place, true)) {
      if (!control.forced && clock.monotonic() - begun < DRAIN_MS) continue;
      await log.giveUp(place);
      return;
    }
  } catch (error) {
    tolerate(run, error);
  }
}

function tolerateLogTrouble(run: JobRun, action: () => void): void {
  try {
    action();
  } catch (error) {
    tolerate(run, error);
  }
}

function tolerate(run: JobRun, error: unknown): void {
  if (errorCode(error) === undefined) throw error;
  run.ports.trouble(`${run.payload.job_info.name}: ${describeError(error)}`);
}

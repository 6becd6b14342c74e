import type { Cleanup } from '../../../protocol/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { CleanupFailure } from '../../journal/progress.ts';
import { record } from '../../journal/record.ts';
import { seconds, sectionEnd, warningLine } from '../../log/sections.ts';
import { say } from '../../log/tell.ts';
import { stopTree } from '../stop-tree.ts';
import type { CleanupBudget } from './cleanup-budget.ts';
import { type Course, runAttempt, skipped, timedOut } from './run-attempt.ts';

/** A cleanup whose process vanished (host restarted, killed from outside) is begun again so many times in all. */
const MAX_VANISHED = 3;
/** Before the second attempt at a cleanup that fails; doubled each time. */
const FIRST_PAUSE_MS = 1_000;

/**
 * One attempt after the other, from the one where an earlier process left off. One that vanished is made good at once; one that ended with another
 * code than 0 so many times as `EPILOGUE_CLEANUP_RETRY` says, each after a pause. Neither counts as the other.
 */
export async function tryAttempts(run: JobRun, course: Course): Promise<Cleanup> {
  const { journal, control } = run;
  const { cleanupAttempt, firstCleanupAttempt } = journal.progress;
  let attempt = cleanupAttempt?.number ?? firstCleanupAttempt;
  for (let vanished = cleanupAttempt?.vanished ?? 0; ; attempt += 1) {
    const failure = journal.progress.cleanupFailure;
    if (failure?.number === attempt) {
      const standing = await pauseAfter(run, failure, course.budget);
      if (standing !== null) return standing;
      continue;
    }
    if (control.forced) return skipped(run, attempt - 1);
    const ended = await runAttempt(run, course, { attempt, vanished });
    if ('vanished' in ended) {
      attempt = ended.vanished;
      vanished += 1;
      const standing = await giveUpVanished(run, { attempt, vanished }, course.budget);
      if (standing !== null) return standing;
      continue;
    }
    if (!(await isToTryAgain(run, ended, course.budget))) return ended;
    // On record now: what follows is the same as for whoever takes the job over in the pause.
    attempt = ended.attempt - 1;
  }
}

/** @returns null: another attempt is to be made. */
async function giveUpVanished(
  run: JobRun,
  { attempt, vanished }: { readonly attempt: number; readonly vanished: number },
  budget: CleanupBudget,
): Promise<Cleanup | null> {
  // Its wrapper is gone; what it started may still be at work, and must not meet its own next attempt.
  await stopTree(run);
  say(run, sectionEnd('after_script', run.clock.now()));
  if (run.control.forced) return skipped(run, attempt);
  if (budget.cut.aborted) return timedOut(run, attempt, budget);
  if (vanished < MAX_VANISHED) return null;
  return { outcome: 'lost', attempt, reason: `after_script was killed from outside ${vanished} times` };
}

/** Puts the failure on record if another attempt fits into what is left of the budget; else it stands. */
async function isToTryAgain(run: JobRun, ended: Cleanup, budget: CleanupBudget): Promise<boolean> {
  const { outcome, exitCode: code, attempt } = ended;
  // One that never started was tried until the budget was used up.
  if (outcome !== 'failed' || code === undefined) return false;
  const failed = (run.journal.progress.cleanupFailure?.failed ?? 0) + 1;
  const left = run.cleanupRetries - failed + 1;
  // It may have asked for more time with its last breath.
  if (left > 0) await budget.look();
  const pauseMs = pauseBefore(failed);
  const fits = budget.usedMs() + pauseMs < budget.totalMs();
  const words = `after_script failed with exit code ${code}`;
  if (left <= 0 || !fits || run.control.forced) {
    const late = left > 0 && !fits ? '; its time is too short for another attempt' : '';
    say(run, warningLine(left > 0 ? `${words}${late}` : `after_script failed: exit code ${code}`));
    return false;
  }
  const next = `attempt ${attempt + 1} of ${attempt + left} in ${seconds(pauseMs)}`;
  say(run, warningLine(`${words}; ${next}`));
  record(run, { move: 'cleanup_failed', attempt, code, failed, usedMs: budget.usedMs() });
  return true;
}

/** @returns null: the next attempt is due. */
async function pauseAfter(run: JobRun, failure: CleanupFailure, budget: CleanupBudget): Promise<Cleanup | null> {
  const { number: attempt, code: exitCode } = failure;
  // What the attempt left running must not meet the next one.
  await stopTree(run);
  await run.clock.sleep(pauseBefore(failure.failed), budget.cut);
  if (run.control.forced) return skipped(run, attempt);
  return budget.cut.aborted ? { outcome: 'failed', exitCode, attempt, durationMs: budget.usedMs() } : null;
}

function pauseBefore(failed: number): number {
  return FIRST_PAUSE_MS * 2 ** (failed - 1);
}

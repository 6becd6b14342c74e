import { describeError, errorCode, invariant } from '../../../base/index.ts';
import type { StepState } from '../../../executors/index.ts';
import type { Cleanup } from '../../../protocol/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import { seconds, sectionEnd, warningLine } from '../../log/sections.ts';
import { beginStep, drain, heading, say, tellRemarks } from '../../log/tell.ts';
import { followStep } from '../../stages/follow-step.ts';
import { isUnderWay } from '../../stages/verdicts.ts';
import { stopTree } from '../stop-tree.ts';
import type { CleanupBudget } from './cleanup-budget.ts';
import { cleanupStep, STILL_OWED, startCleanup } from './start-cleanup.ts';

const MAX_BUGS = 3;
const AFTER_BUG_MS = 1_000;
/** A script that has used up the log limit does not hide what its cleanup says. */
const LEAST_LOG_BYTES = 64 * 1024;

/** Everything that the attempts at one cleanup share while this process watches. */
export interface Course {
  readonly verdict: Verdict;
  readonly budget: CleanupBudget;
}

export interface Turn {
  readonly attempt: number;
  /** How many attempts before this one were killed from outside. */
  readonly vanished: number;
}

/** How an attempt ended; `vanished`: the process of this attempt is gone and left no result. */
export type AttemptEnd = Cleanup | { readonly vanished: number };

/**
 * One attempt, begun or taken over, to its end or the end of the budget. One that runs does not end with a bug of ours: whoever watches it looks
 * away for a moment, and goes on.
 */
export async function runAttempt(run: JobRun, course: Course, turn: Turn): Promise<AttemptEnd> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await runOnce(run, course, turn);
    } catch (error) {
      if (errorCode(error) === STILL_OWED) throw error;
      const reason = describeError(error);
      run.ports.trouble(`${run.payload.job_info.name}: after_script: ${reason}`);
      if (tries === MAX_BUGS) return { outcome: 'lost', attempt: turn.attempt, reason };
      await run.clock.sleep(AFTER_BUG_MS);
    }
  }
}

async function runOnce(run: JobRun, { verdict, budget }: Course, turn: Turn): Promise<AttemptEnd> {
  const { control } = run;
  const { cut: signal, usedMs } = budget;
  const first = turn.attempt;
  beginStep(run, cleanupStep(first), heading(run, 'after_script', 'Running after_script'), LEAST_LOG_BYTES);
  const { attempt, reason } = await startCleanup({ run, verdict, ...turn, usedMs, signal });
  if (reason !== null) return control.forced ? skipped(run, attempt - 1) : neverStarted(run, attempt, reason, usedMs());
  if (attempt !== first) beginStep(run, cleanupStep(attempt), '', LEAST_LOG_BYTES);
  // It may still come to its end in a place that was told to go.
  const state = await followStep(run, cleanupStep(attempt), signal, isUnderWay);
  const isOver = !isUnderWay(state);
  if (isOver) await drain(run);
  tellRemarks(run, state);
  if (isOver) return ended(run, attempt, state, usedMs());
  await stopTree(run);
  say(run, sectionEnd('after_script', run.clock.now()));
  if (control.forced) return skipped(run, attempt);
  return timedOut(run, attempt, budget);
}

export function timedOut(run: JobRun, attempt: number, budget: CleanupBudget): Cleanup {
  say(run, warningLine(`after_script did not end within ${seconds(budget.totalMs())} and was cut off`));
  return { outcome: 'timed_out', attempt, durationMs: budget.usedMs() };
}

/** The obligation was not met, whatever the job's status says. */
function neverStarted(run: JobRun, attempt: number, reason: string, durationMs: number): Cleanup {
  say(run, warningLine(`after_script never started: ${reason}`));
  run.ports.trouble(`${run.payload.job_info.name}: after_script never started: ${reason}`);
  return { outcome: 'failed', attempt, durationMs, reason: `it never started: ${reason}` };
}

function ended(run: JobRun, attempt: number, state: StepState, durationMs: number): AttemptEnd {
  if (state.kind !== 'ended' && state.kind !== 'lost') return { vanished: attempt };
  say(run, sectionEnd('after_script', run.clock.now()));
  if (state.kind === 'lost') return { outcome: 'lost', attempt, durationMs, reason: state.reason };
  return { outcome: state.code === 0 ? 'succeeded' : 'failed', exitCode: state.code, attempt, durationMs };
}

export function skipped(run: JobRun, attempt: number): Cleanup {
  const { forced } = run.control;
  invariant(forced !== null, 'only a force skips a cleanup');
  return { outcome: 'skipped', attempt, skippedBy: forced.by, reason: forced.why };
}

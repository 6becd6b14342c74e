import { type Clock, describeError, errorCode, invariant } from '../../../base/index.ts';
import type { StepState } from '../../../executors/index.ts';
import type { Cleanup } from '../../../protocol/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import type { CleanupAttempt } from '../../journal/progress.ts';
import { record } from '../../journal/record.ts';
import { seconds, sectionEnd, warningLine } from '../../log/sections.ts';
import { beginStep, drain, heading, say } from '../../log/tell.ts';
import { deadlineSignal, usedSince } from '../../stages/deadline.ts';
import { followStep } from '../../stages/follow-step.ts';
import { cleanupStep, STILL_OWED, startCleanup } from './start-cleanup.ts';
import { stopTree } from '../stop-tree.ts';

/** A cleanup whose process vanished (host restarted, killed from outside) is begun again so many times in all. */
const MAX_VANISHED = 3;
const MAX_BUGS = 3;
const AFTER_BUG_MS = 1_000;
/** A script that has used up the log limit does not hide what its cleanup says. */
const LEAST_LOG_BYTES = 64 * 1024;

/** Runs after_script to its end or its deadline, for whatever cause; answers how that went. */
export async function cleanUp(run: JobRun, verdict: Verdict): Promise<Cleanup> {
  const known = run.journal.progress.cleanup;
  if (known !== null) return known;
  const cleanup = await settle(run, verdict);
  record(run, { move: 'cleanup_ended', cleanup });
  run.ports.cleaned(cleanup);
  return cleanup;
}

/** Everything that the attempts at one cleanup share while this process watches: above all one budget, which begins with the first. */
interface Course {
  readonly verdict: Verdict;
  /** Aborts when the budget is used up, or at a force. */
  readonly cut: AbortSignal;
  readonly usedMs: () => number;
}

async function settle(run: JobRun, verdict: Verdict): Promise<Cleanup> {
  const { journal, scripts, clock, budgets, control } = run;
  if (!journal.progress.owed || scripts.afterScript === null) return { outcome: 'not_owed', attempt: 0 };
  const usedBefore = await usedByEarlierProcesses(run);
  const begun = clock.monotonic();
  const cut = deadlineSignal(clock, Math.max(0, budgets.cleanupMs - usedBefore), control.forceSignal);
  const usedMs = (): number => Math.round(usedBefore + clock.monotonic() - begun);
  try {
    return await tryAttempts(run, { verdict, cut: cut.signal, usedMs });
  } finally {
    cut.callOff();
  }
}

async function tryAttempts(run: JobRun, course: Course): Promise<Cleanup> {
  const { journal, control } = run;
  const { cleanupAttempt, firstCleanupAttempt } = journal.progress;
  let attempt = cleanupAttempt?.number ?? firstCleanupAttempt;
  for (let vanished = cleanupAttempt?.vanished ?? 0; ; ) {
    if (control.forced) return skipped(run, attempt - 1);
    const ended = await runSafely(run, course, { attempt, vanished });
    if ('outcome' in ended) return ended;
    attempt = ended.vanished;
    vanished += 1;
    // Its wrapper is gone; what it started may still be at work, and must not meet its own next attempt.
    await stopTree(run);
    say(run, sectionEnd('after_script', run.clock.now()));
    if (control.forced) return skipped(run, attempt);
    if (course.cut.aborted) return timedOut(run, attempt, course);
    if (vanished >= MAX_VANISHED)
      return { outcome: 'lost', attempt, reason: `after_script was killed from outside ${vanished} times` };
    attempt += 1;
  }
}

interface Turn {
  readonly attempt: number;
  /** How many attempts before this one were killed from outside. */
  readonly vanished: number;
}

/** An attempt that runs does not end with a bug of ours: whoever watches it looks away for a moment, and goes on. */
async function runSafely(run: JobRun, course: Course, turn: Turn): ReturnType<typeof runAttempt> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await runAttempt(run, course, turn);
    } catch (error) {
      if (errorCode(error) === STILL_OWED) throw error;
      const reason = describeError(error);
      run.ports.trouble(`${run.payload.job_info.name}: after_script: ${reason}`);
      if (tries === MAX_BUGS) return { outcome: 'lost', attempt: turn.attempt, reason };
      await run.clock.sleep(AFTER_BUG_MS);
    }
  }
}

/** One attempt, begun or taken over. `vanished`: the process of this attempt is gone and left no result; it must be begun again. */
async function runAttempt(run: JobRun, course: Course, turn: Turn): Promise<Cleanup | { readonly vanished: number }> {
  const { control } = run;
  const { verdict, cut, usedMs } = course;
  const first = turn.attempt;
  beginStep(run, cleanupStep(first), heading(run, 'after_script', 'Running after_script'), LEAST_LOG_BYTES);
  const { attempt, reason } = await startCleanup({ run, verdict, ...turn, usedMs, signal: cut });
  if (reason !== null) return control.forced ? skipped(run, attempt - 1) : neverStarted(run, attempt, reason, usedMs());
  if (attempt !== first) beginStep(run, cleanupStep(attempt), '', LEAST_LOG_BYTES);
  const state = await followStep(run, cleanupStep(attempt), cut);
  if (state.kind !== 'running') await drain(run);
  if (state.kind !== 'running') return endedCleanup(run, attempt, state, usedMs());
  await stopTree(run);
  say(run, sectionEnd('after_script', run.clock.now()));
  if (control.forced) return skipped(run, attempt);
  return timedOut(run, attempt, course);
}

/**
 * Ms of the cleanup's budget that went by under earlier processes. An attempt that was announced but never claimed has used up nothing. One that
 * is gone and nobody saw it go was lost with its machine, say: nobody knows how much of the time since was its own, and so the next one
 * gets a whole budget rather than none.
 */
export async function usedByEarlierProcesses({ journal, place, clock }: JobRun): Promise<number> {
  const { cleanupAttempt: latest } = journal.progress;
  if (latest === null) return 0;
  const { kind } = await place.look(cleanupStep(latest.number));
  if (kind === 'vanished') return 0;
  return kind === 'absent' ? latest.usedMs : latest.usedMs + runningFor(clock, latest);
}

/** By a clock that nobody sets. Where the machine was started anew since, the attempt has ended, and nothing hangs on the answer any more. */
function runningFor(clock: Clock, { startedAt, startedUpMs }: CleanupAttempt): number {
  const isSameStart = startedUpMs !== null && clock.sinceBoot() >= startedUpMs;
  return isSameStart ? clock.sinceBoot() - startedUpMs : usedSince(clock, startedAt);
}

function timedOut(run: JobRun, attempt: number, { usedMs }: Course): Cleanup {
  say(run, warningLine(`after_script did not end within ${seconds(run.budgets.cleanupMs)} and was cut off`));
  return { outcome: 'timed_out', attempt, durationMs: usedMs() };
}

/** The obligation was not met, whatever the job's status says. */
function neverStarted(run: JobRun, attempt: number, reason: string, durationMs: number): Cleanup {
  say(run, warningLine(`after_script never started: ${reason}`));
  run.ports.trouble(`${run.payload.job_info.name}: after_script never started: ${reason}`);
  return { outcome: 'failed', attempt, durationMs, reason: `it never started: ${reason}` };
}

function endedCleanup(
  run: JobRun,
  attempt: number,
  state: StepState,
  durationMs: number,
): Cleanup | { readonly vanished: number } {
  if (state.kind === 'lost') say(run, sectionEnd('after_script', run.clock.now()));
  if (state.kind === 'lost') return { outcome: 'lost', attempt, durationMs, reason: state.reason };
  if (state.kind !== 'ended') return { vanished: attempt };
  const { code: exitCode } = state;
  say(run, sectionEnd('after_script', run.clock.now()));
  if (exitCode !== 0) say(run, warningLine(`after_script failed: exit code ${exitCode}`));
  return { outcome: exitCode === 0 ? 'succeeded' : 'failed', exitCode, attempt, durationMs };
}

function skipped(run: JobRun, attempt: number): Cleanup {
  const { forced } = run.control;
  invariant(forced !== null, 'only a force skips a cleanup');
  return { outcome: 'skipped', attempt, skippedBy: forced.by, reason: forced.why };
}

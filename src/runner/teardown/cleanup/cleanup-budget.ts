import { type Clock, describeError } from '../../../base/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import type { CleanupAttempt } from '../../journal/progress.ts';
import { usedSince } from '../../stages/deadline.ts';
import { hasVanished } from '../../stages/verdicts.ts';
import { extender } from './extend-cleanup.ts';
import { cleanupStep } from './start-cleanup.ts';

/** One for all attempts at a cleanup. It begins with the first, and grows when the cleanup asks for more time. */
export interface CleanupBudget {
  /** Aborts when it is used up, or at a force. */
  readonly cut: AbortSignal;
  usedMs(): number;
  /** With what was granted so far. */
  totalMs(): number;
  /** Has the cleanup asked for more since? Never fails, and never takes long. */
  look(): Promise<void>;
  callOff(): void;
}

const LOOK_EVERY_MS = 1_000;
/** For a place that does not answer no deadline waits longer than this. */
const LONGEST_LOOK_MS = 2_000;

export async function startCleanupBudget(run: JobRun, verdict: Verdict): Promise<CleanupBudget> {
  const { clock, control, ports } = run;
  const usedBefore = await usedByEarlierProcesses(run);
  const begun = clock.monotonic();
  const usedMs = (): number => Math.round(usedBefore + clock.monotonic() - begun);
  const totalMs = (): number => budgetOf(run);
  const [over, calledOff] = [new AbortController(), new AbortController()];
  const extend = extender(run, verdict, () => totalMs() - usedMs(), calledOff.signal);
  const look = () => briefly(run, calledOff.signal, extend);
  const { cleanupExtraMs: extraMs } = run.journal.progress;
  // Whoever had the job may not have come to tell it.
  if (extraMs > 0) ports.extended({ cause: verdict.cause, extraMs, deadline: clock.now() + totalMs() - usedMs() });

  async function watch(): Promise<void> {
    do {
      const leftMs = Math.max(0, totalMs() - usedMs());
      await clock.sleep(Math.min(leftMs, LOOK_EVERY_MS), calledOff.signal);
      if (calledOff.signal.aborted) return;
      await look();
    } while (usedMs() < totalMs());
    over.abort();
  }

  void watch();
  const cut = AbortSignal.any([over.signal, control.forceSignal]);
  return { cut, usedMs, totalMs, look, callOff: () => calledOff.abort() };
}

/** Ms in all. */
export function budgetOf({ budgets, journal }: Pick<JobRun, 'budgets' | 'journal'>): number {
  return budgets.cleanupMs + journal.progress.cleanupExtraMs;
}

async function briefly(run: JobRun, calledOff: AbortSignal, action: () => Promise<void>): Promise<void> {
  const done = new AbortController();
  const acting = action()
    .catch((error: unknown) =>
      run.ports.trouble(`${run.payload.job_info.name}: more time for the cleanup: ${describeError(error)}`),
    )
    .finally(() => done.abort());
  await Promise.race([acting, run.clock.sleep(LONGEST_LOOK_MS, AbortSignal.any([done.signal, calledOff]))]);
}

/**
 * Ms of the cleanup's budget that went by under earlier processes. An attempt that was announced but never claimed has used up nothing, nor does
 * the pause after one that failed, while nobody is there to end it. One that is gone and nobody saw it go was lost with its machine, say: nobody
 * knows how much of the time since was its own, and so the next one gets a whole budget rather than none.
 */
export async function usedByEarlierProcesses({ journal, place, clock }: JobRun): Promise<number> {
  const { cleanupAttempt: latest, cleanupFailure: failure } = journal.progress;
  if (latest === null) return 0;
  if (failure?.number === latest.number) return failure.usedMs;
  const state = await place.look(cleanupStep(latest.number));
  if (hasVanished(state)) return 0;
  return state.kind === 'absent' ? latest.usedMs : latest.usedMs + runningFor(clock, latest);
}

/** By a clock that nobody sets, and that stands still while the machine is suspended: a cleanup has its time. Where the machine was started anew since, the attempt has ended, and no more hangs on the answer than another try. */
function runningFor(clock: Clock, { startedAt, startedUpMs }: CleanupAttempt): number {
  const isSameStart = startedUpMs !== null && clock.monotonic() >= startedUpMs;
  return isSameStart ? clock.monotonic() - startedUpMs : usedSince(clock, startedAt);
}

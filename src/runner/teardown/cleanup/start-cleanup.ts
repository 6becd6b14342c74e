import { describeError, errorCode, Failure } from '../../../base/index.ts';
import { STEP_FORBIDDEN, STEP_USED_UP, type StepState } from '../../../executors/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import { record } from '../../journal/record.ts';
import { warningLine } from '../../log/sections.ts';
import { say } from '../../log/tell.ts';
import { hasVanished } from '../../stages/verdicts.ts';
import { cleanupVariables } from './cleanup-variables.ts';

/** Between two tries, doubled each time. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** Code of the failure that leaves an obligation on the books. */
export const STILL_OWED = 'still_owed';
/** Whoever took the job over gives way after this long: the obligation stays on the books for the next one, who may have more luck. */
const TAKE_OVER_PATIENCE_MS = 10_000;

/** The directory of an attempt at the cleanup. */
export function cleanupStep(attempt: number): string {
  return `after_script-${attempt}`;
}

export interface StartOptions {
  readonly run: JobRun;
  readonly verdict: Verdict;
  /** The first one to try. */
  readonly attempt: number;
  /** How many attempts before it were killed from outside. */
  readonly vanished: number;
  /** Of the budget, so far. */
  readonly usedMs: () => number;
  readonly signal: AbortSignal;
}

export interface CleanupStart {
  /** The last one that was tried. */
  readonly attempt: number;
  /** Why it did not start; null: it runs. */
  readonly reason: string | null;
}

/**
 * Starts after_script, or finds it started. What stands in its way (a full disk, no more processes, no room for a file, a place that is away) may
 * pass, and the obligation stays until it does: tries until `signal` aborts, and says in the log what it waits for. A try that is under way then is
 * not broken off, for it may begin what nobody would end; see `Place.start`.
 * @throws Failure `still_owed` in a job that was taken over, when it cannot be started now.
 */
export async function startCleanup(options: StartOptions): Promise<CleanupStart> {
  const { run, signal } = options;
  const { place, clock } = run;
  const told = new Set<string>();
  const begun = clock.monotonic();
  for (let { attempt } = options, waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    const refusal = await tryToStart(options, attempt);
    if (refusal === null) return { attempt, reason: null };
    const { reason, isUsedUp } = refusal;
    if (!told.has(reason)) {
      told.add(reason);
      say(run, warningLine(`after_script could not start yet: ${reason}`));
      run.ports.trouble(`${run.payload.job_info.name}: after_script could not start yet: ${reason}`);
    }
    if (signal.aborted) return { attempt, reason };
    if (run.isTakenOver && clock.monotonic() - begun >= TAKE_OVER_PATIENCE_MS) throw new Failure(STILL_OWED, reason);
    await clock.sleep(waitMs, signal);
    // One that has begun after all goes by the same name: to start it again changes nothing, and another one would run beside it.
    if (isUsedUp || isGone(await place.look(cleanupStep(attempt)))) attempt += 1;
  }
}

const USED_UP: ReadonlySet<string> = new Set([STEP_FORBIDDEN, STEP_USED_UP]);

/** Nothing comes of such a step any more. */
function isGone(state: StepState): boolean {
  return state.kind === 'lost' || hasVanished(state);
}

interface Refusal {
  readonly reason: string;
  /** Nothing will ever start in this attempt's place. */
  readonly isUsedUp: boolean;
}

async function tryToStart(options: StartOptions, attempt: number): Promise<Refusal | null> {
  const { run, verdict, vanished, usedMs } = options;
  const id = cleanupStep(attempt);
  const isNew = run.journal.progress.cleanupAttempt?.number !== attempt;
  try {
    // Before it is announced: whoever takes the job over believes what lies there then.
    if (isNew) await run.place.clear(id);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { reason: describeError(error), isUsedUp: true };
  }
  if (isNew)
    record(run, {
      move: 'cleanup_started',
      attempt,
      vanished,
      usedMs: usedMs(),
      upMs: Math.round(run.clock.monotonic()),
    });
  try {
    const script = run.scripts.afterScript?.(cleanupVariables(run, verdict, attempt)) ?? '';
    await run.place.start({ id, script });
    return null;
  } catch (error) {
    return { reason: describeError(error), isUsedUp: USED_UP.has(errorCode(error) ?? '') };
  }
}

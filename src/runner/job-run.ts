import type { Clock } from '../base/index.ts';
import { describeError, errorCode, Failure } from '../base/index.ts';
import type { Place } from '../executors/index.ts';
import type { Budgets, CauseRules, JobPayload, JobSettings } from '../protocol/index.ts';
import type { JobControl } from './job-control.ts';
import type { JobPorts } from './job-ports.ts';
import type { Journal, MoveInput } from './journal/journal.ts';
import type { JobLog } from './log/job-log.ts';
import { sectionStart, title } from './log/sections.ts';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './save/archive.ts';
import type { JobVariables } from './script/job-variables.ts';

/** Everything the parts of one job's life share while this process takes care of it. */
export interface JobRun {
  readonly payload: JobPayload;
  readonly journal: Journal;
  readonly log: JobLog;
  readonly place: Place;
  readonly control: JobControl;
  readonly clock: Clock;
  readonly budgets: Budgets;
  readonly causeRules: CauseRules;
  readonly attempts: JobSettings['attempts'];
  readonly ports: JobPorts;
  readonly scripts: StepScripts;
  readonly variables: JobVariables;
}

/** The texts of the steps; they need the job's variables, which nothing else here does. */
export interface StepScripts {
  readonly userSteps: readonly { readonly id: string; readonly title: string; readonly script: string }[];
  readonly preGetSources: string | null;
  readonly postGetSources: string | null;
  /** null: the job has no after_script, nothing can be owed. */
  readonly afterScript: ((cleanup: CleanupVariables) => string) | null;
  /** `AFTER_SCRIPT_IGNORE_ERRORS` */
  readonly ignoreCleanupErrors: boolean;
}

/** What after_script is told about the end of the script. */
export type CleanupVariables = Readonly<Record<string, string>>;

/**
 * Writes down a move of a teardown. A journal that cannot be written any more is no reason to drop a cleanup: the move then counts
 * for this process alone, and somebody is told.
 */
export function record(run: JobRun, move: MoveInput): void {
  try {
    run.journal.append(move);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    run.journal.assume(move);
    run.ports.trouble(`${run.payload.job_info.name}: ${describeError(error)}; the teardown goes on`);
  }
}

/** A section's opening lines. */
export function heading(run: JobRun, section: string, words: string): string {
  return sectionStart(section, run.clock.now()) + title(words);
}

/** What the cache and artifact parts need of a run. */
export function saveOptions(run: JobRun, signal: AbortSignal): SaveOptions {
  const { payload, variables, place } = run;
  return {
    payload,
    variables,
    place,
    cacheDir: run.ports.cacheDir,
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: (text) => say(run, text),
    signal,
  };
}

export interface SaveOptions {
  readonly payload: JobPayload;
  readonly variables: JobVariables;
  readonly place: Place;
  readonly cacheDir: string;
  readonly limits: ArchiveLimits;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Says something in the job's log; trouble with the log is told elsewhere and stops nothing. */
export function say(run: JobRun, text: string): void {
  tolerateLogTrouble(run, () => run.log.write(text));
}

/** `leastBytes`: as for `JobLog.beginStep`. */
export function beginStep(run: JobRun, step: string, heading: string, leastBytes = 0): void {
  if (run.log.step !== step) tolerateLogTrouble(run, () => run.log.beginStep(step, heading, leastBytes));
}

/**
 * Ships a turn's worth of what the current step printed, less once `signal` has aborted; answers whether there may be more. What cannot be
 * written now is tried again at the next call.
 */
export async function ship(run: JobRun, signal?: AbortSignal): Promise<boolean> {
  try {
    return await run.log.ship(run.place, false, signal);
  } catch (error) {
    tolerate(run, error);
    return false;
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

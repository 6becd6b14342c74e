import type { Interruptible } from '../../../protocol/index.ts';
import type { JobState, MoveTable, RunnerFeatures } from '../../job/index.ts';

/*
 * The world that is explored: one job as the coordinator has stored it, two runners, and a network between them that may delay,
 * duplicate, reorder and lose whatever it carries. Time is abstract: a lease, a deadline or a delay that is set may run out at
 * any moment.
 */

export interface World {
  /** Durable: survives any restart of the coordinator. All instants are reduced to "set". */
  readonly job: JobState;
  /** Stands for `job` in keys. */
  readonly jobKey: number;
  /** The runner that takes the job, and the one that takes cleanups. */
  readonly runners: readonly [RunnerModel, RunnerModel];
  /** Sets. Hearing a message leaves it on the wire, so that it may come again, until it is lost. */
  readonly toCoordinator: readonly Message[];
  readonly toRunners: readonly Message[];
  readonly truth: Truth;
}

/** `at` is journaled, so a crash keeps it; what a runner that is down loses is whatever is sent to it. */
export interface RunnerModel {
  readonly isUp: boolean;
  readonly at: 'idle' | 'preparing' | 'asking' | 'script' | 'cleaning' | 'reporting';
  readonly attempt: number;
  readonly cause: RunnerCause;
  readonly cleanup: RunnerCleanup;
}

/** `-`: not over yet; `timeout`: it dropped the job by itself, as GitLab's runner does on a timeout. */
export type RunnerCause = '-' | 'succeeded' | 'failed' | 'stopped' | 'timeout';
/** How `after_script` went at this runner: not begun, done, or impossible because the job's place is gone. */
export type RunnerCleanup = '-' | 'done' | 'gone';

export const IDLE: RunnerModel = { isUp: true, at: 'idle', attempt: 0, cause: '-', cleanup: '-' };

export type Message =
  | `${'renew' | 'script_started' | 'extended' | 'resumed' | 'ack' | 'stop' | 'over'}:${number}`
  | `${'teardown_started' | 'cleaned'}:${number}:${RunnerCause}`
  | `finished:${number}:${RunnerCause}:${RunnerCleanup}`;

/** What really happened, whatever anybody has stored. Only invariants read it. */
export interface Truth {
  /** How many hand-outs were granted, and which of them is alive: granted and not ended or revoked; 0 = none. */
  readonly granted: number;
  readonly live: number;
  /** A user command has started. */
  readonly ran: boolean;
  /** `after_script` has run to its end somewhere. */
  readonly cleaned: boolean;
  readonly canceledBeforeItRan: boolean;
}

export interface Variant {
  readonly interruptible: Interruptible;
  readonly runner: RunnerFeatures;
  readonly table: MoveTable;
  /** How many messages each direction can hold at once. */
  readonly capacity: { readonly toCoordinator: number; readonly toRunners: number };
  readonly cleanupHandOuts: number;
  /** Whether runners crash and come back; any number of times, then. */
  readonly crashes: boolean;
  /** Whether they ask for more time for a cleanup. */
  readonly extends: boolean;
}

/** Facts about one step that its two worlds do not show. */
export interface Facts {
  /** Attempt that a runner's message named and that was not refused. */
  readonly accepted: number | null;
  readonly granted: boolean;
  readonly event: string | null;
  /** The deadline was set anew. */
  readonly setDeadline: boolean;
}

/** A runner of ours. */
export const OURS: RunnerFeatures = { cancelGracefully: true, phases: true, cleanupOnly: true };

export const NO_FACTS: Facts = { accepted: null, granted: false, event: null, setDeadline: false };

export function keyOf({ jobKey, runners, toCoordinator, toRunners, truth }: World): string {
  const flags = Number(truth.ran) + 2 * Number(truth.cleaned) + 4 * Number(truth.canceledBeforeItRan);
  const wire = `${toCoordinator.join()}|${toRunners.join()}`;
  return `${jobKey}|${textOf(runners[0])}|${textOf(runners[1])}|${wire}|${truth.granted}|${truth.live}|${flags}`;
}

function textOf({ isUp, at, attempt, cause, cleanup }: RunnerModel): string {
  return `${isUp ? '' : '!'}${at}${attempt}${cause}${cleanup}`;
}

import type { Budgets, Cause, Cleanup, FailureReason, Interruptible, Phase, Status } from '../../protocol/index.ts';

/**
 * Everything the state machine knows of one job: plain data, safe to store as JSON.
 * Instants are UTC ms; null means "not set" everywhere.
 */
export interface JobState {
  readonly spec: JobSpec;
  readonly status: Status;
  /** Null unless an attempt is under way. Trigger jobs have no phase. */
  readonly phase: Phase | null;
  /** Why the script is over, or never started; null while that is open. */
  readonly cause: Cause | null;

  /** Number of the latest hand-out to a runner, 0 before the first. Only this attempt's messages are accepted. */
  readonly attempt: number;
  readonly handOut: HandOut;
  /** What the runner of the attempt can do. While its cleanup is offered: the lost one, which may come back; null: it gave up by itself. */
  readonly runner: RunnerFeatures | null;
  /** Until when the attempt counts as alive without word from its runner; null: no lease, as in a local run. */
  readonly leaseUntil: number | null;
  /** When the coordinator acts by itself: the script has run too long, a teardown is over, or nobody took the cleanup. */
  readonly deadline: number | null;
  readonly budgets: Budgets | null;
  /** By how much its runner has put the teardown's deadline off, in all. */
  readonly extendedMs: number;

  /** A user command has started and the job has an `after_script`: cleanup must be recorded before the job may end. */
  readonly owed: boolean;
  /** How the cleanup ended; always set once the job has finished. */
  readonly cleanup: Cleanup | null;
  /** How often the cleanup alone was handed to another runner. */
  readonly cleanupHandOuts: number;

  /** In teardown: what the job will fail with. Once finished: set only when it failed. */
  readonly failureReason: FailureReason | null;
  readonly exitCode: number | null;

  readonly cancelRequest: CancelRequest | null;
  readonly forceRequest: ForceRequest | null;
  /** Why the job was skipped. */
  readonly skipReason: string | null;

  /** When a delayed job starts. */
  readonly startAt: number | null;
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** What never changes in a job's life. */
export interface JobSpec {
  readonly kind: 'script' | 'trigger';
  readonly interruptible: Interruptible;
  readonly hasResourceGroup: boolean;
  /** False only when `after_script` is known to be empty: then nothing is ever owed. */
  readonly hasCleanup: boolean;
  readonly startInMs: number | null;
  /** How a trigger job follows its child pipeline. */
  readonly strategy: TriggerStrategy;
  readonly policy: JobPolicy;
}

export type TriggerStrategy = 'none' | 'depend' | 'mirror';

/**
 * What is out at a runner right now.
 * `cleanup_offered`: the job's runner was lost, its cleanup waits for another one; no attempt is accepted meanwhile.
 */
export type HandOut = 'none' | 'job' | 'cleanup_offered' | 'cleanup';

export interface RunnerFeatures {
  /** Runs `after_script` when asked to stop (`cancel_gracefully`). */
  readonly cancelGracefully: boolean;
  /**
   * Announces phases, and starts the first user command only after `script_started` was accepted. Of a runner without this
   * the worst is assumed: that user commands run from the moment it has the job.
   */
  readonly phases: boolean;
  /** Takes the cleanup of a job whose own runner was lost (`cleanup_only`). */
  readonly cleanupOnly: boolean;
}

/** Waits that belong to the coordinator, not to a job's own budgets. */
export interface JobPolicy {
  /** Added to every deadline that a runner keeps by itself first, so that the runner's own word normally wins. */
  readonly marginMs: number;
  /** How long a lost runner's cleanup waits for a runner that takes it. */
  readonly cleanupOfferMs: number;
  readonly maxCleanupHandOuts: number;
  /** How far, in all, a runner may put the deadline of its teardown off. */
  readonly maxExtensionMs: number;
}

export const DEFAULT_POLICY: JobPolicy = {
  marginMs: 60_000,
  cleanupOfferMs: 600_000,
  maxCleanupHandOuts: 2,
  maxExtensionMs: 3_600_000,
};

/** `runner_shutdown` is for local runs: whoever stops `epilogue run` cancels its jobs, and the cause says how. */
export type CancelCause = Extract<Cause, 'canceled' | 'superseded' | 'runner_shutdown'>;

export interface CancelRequest {
  /** Who asked: a user name, `pipeline 12`, `SIGINT`, … */
  readonly by: string;
  readonly at: number;
  readonly cause: CancelCause;
}

export interface ForceRequest {
  readonly by: string;
  readonly at: number;
  /** What was still to be done, in words; null when nothing was owed. */
  readonly owed: string | null;
}

const NOT_STARTED = {
  status: 'created',
  phase: null,
  cause: null,
  attempt: 0,
  handOut: 'none',
  runner: null,
  leaseUntil: null,
  deadline: null,
  budgets: null,
  extendedMs: 0,
  owed: false,
  cleanup: null,
  cleanupHandOuts: 0,
  failureReason: null,
  exitCode: null,
  cancelRequest: null,
  forceRequest: null,
  skipReason: null,
  startAt: null,
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
} as const;

/** A job that has only just been created. */
export function createJob(spec: JobSpec): JobState {
  return { spec, ...NOT_STARTED };
}

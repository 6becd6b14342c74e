import type { Budgets, Cause, Cleanup, FailureReason, FinishedStatus, Status } from '../../protocol/index.ts';
import type { CancelCause, JobState, RunnerFeatures } from './job-state.ts';

/** Everything that can happen to a job. */
export type JobEvent = SchedulingEvent | PersonEvent | RunnerEvent | CoordinatorEvent | ChildEvent;

/** From the pipeline, when it is this job's turn. */
export type SchedulingEvent =
  | { readonly type: 'enqueue' }
  | { readonly type: 'schedule' }
  | { readonly type: 'actionize' }
  | { readonly type: 'skip'; readonly why: string }
  /** Looks at a skipped job again, because something before it was played or retried. */
  | { readonly type: 'process' };

type PersonEvent =
  | { readonly type: 'play' }
  /** Ends the delay of a delayed job; it then waits for `play`. */
  | { readonly type: 'unschedule' }
  | { readonly type: 'cancel'; readonly by: string; readonly cause: CancelCause }
  | { readonly type: 'force_cancel'; readonly by: string };

/** From the runner. Whatever comes from a hand-out names its attempt; from any other attempt it is refused. */
type RunnerEvent =
  | ClaimEvent
  | {
      readonly type: 'claim_cleanup';
      readonly runner: RunnerFeatures;
      readonly leaseMs: number | null;
    }
  | { readonly type: 'renew'; readonly attempt: number; readonly leaseMs: number }
  /** Sent before the first user command, which may start exactly when this was not refused. */
  | { readonly type: 'script_started'; readonly attempt: number }
  | { readonly type: 'teardown_started'; readonly attempt: number; readonly cause: Cause }
  /** `after_script` has ended, saving goes on. Optional, `finished` says it again. */
  | { readonly type: 'cleaned'; readonly attempt: number; readonly cause: Cause; readonly cleanup: Cleanup }
  /** Its cleanup needs `byMs` more than its budget, in all: said again, or less than before, it changes nothing. */
  | { readonly type: 'extended'; readonly attempt: number; readonly byMs: number }
  /** It has taken the job up again, as far as it knows. Only where its own cleanup is offered this changes anything. */
  | { readonly type: 'resumed'; readonly attempt: number; readonly leaseMs: number | null }
  | FinishedEvent;

interface ClaimEvent {
  readonly type: 'claim';
  readonly runner: RunnerFeatures;
  /** Null: no lease. */
  readonly leaseMs: number | null;
  readonly budgets: Budgets;
}

/** The runner's last word on its attempt. */
interface FinishedEvent {
  readonly type: 'finished';
  readonly attempt: number;
  /** What the runner counts the job as; a cancel or an earlier cause may overrule it. */
  readonly result: 'success' | 'failed';
  readonly cause: Cause;
  readonly failureReason: FailureReason | null;
  readonly exitCode: number | null;
  /** Null: the runner does not say, as GitLab's runner never does. */
  readonly cleanup: Cleanup | null;
}

/** What the coordinator notices by itself. */
type CoordinatorEvent =
  | { readonly type: 'resource_granted' }
  /** Something may be due: a delay, a lease, a deadline. Safe to send at any time. */
  | { readonly type: 'tick' }
  | { readonly type: 'runner_lost'; readonly attempt: number }
  /** The hand-out never reached its runner: nobody was ever heard of this attempt. Whoever sends it knows that nothing can have run. */
  | { readonly type: 'returned'; readonly attempt: number }
  | { readonly type: 'evicted'; readonly attempt: number }
  /** The job cannot go on for a reason of the coordinator's own (missing dependency, log too large, …). */
  | { readonly type: 'drop'; readonly reason: FailureReason };

/** News of the child pipeline that a trigger job started. */
type ChildEvent =
  | { readonly type: 'child_created' }
  | { readonly type: 'child_rejected'; readonly reason: FailureReason }
  | { readonly type: 'child_changed'; readonly status: Status }
  /** A person retried or played a job of a child that was over, or was being cancelled. Its status follows as `child_changed`. */
  | { readonly type: 'child_resumed' };

/** What a move reacts to: an event, or what a `tick` found to be due. */
export type Trigger = Exclude<JobEvent['type'], 'tick'> | 'start_due' | 'lease_lapsed' | 'deadline_passed';

/** What has to be done about a move, by whoever drives the machine. */
export type JobEffect =
  /** Status, phase or cause is new. */
  | { readonly type: 'changed' }
  /** Any runner that may take the job may have it now. */
  | { readonly type: 'claimable' }
  /** Ask the attempt's runner to end the script and to tear down; it has until `deadline`. Repeat until it answers. */
  | {
      readonly type: 'stop';
      readonly attempt: number;
      readonly cause: Cause;
      /** Who asked; null: nobody did, the cause says what struck. */
      readonly by: string | null;
      readonly deadline: number;
    }
  /** The attempt is over, whatever its runner thinks: it must kill everything at once and will be refused from now on. */
  | {
      readonly type: 'abort';
      readonly attempt: number;
      /** Who asked; null: nobody did, its time is over or its runner lost. */
      readonly by: string | null;
      readonly isForced: boolean;
    }
  /** Any runner that takes cleanups may have this one. */
  | {
      readonly type: 'offer_cleanup';
      readonly cause: Cause;
      readonly cleanupAttempt: number;
      readonly deadline: number;
    }
  | { readonly type: 'start_child' }
  | {
      readonly type: 'cancel_child';
      readonly by: string | null;
      readonly cause: CancelCause;
      readonly isForced: boolean;
    }
  | { readonly type: 'finished'; readonly status: FinishedStatus };

/** Why an event was turned down; the job is as it was. */
export type Refusal =
  /** Not from the attempt that holds the job: the sender has lost it and must stop. */
  | 'stale_attempt'
  /** `interruptible: graceful` is only for runners that advertise `cancel_gracefully`. */
  | 'runner_cannot_cancel_gracefully'
  | 'runner_cannot_take_cleanups'
  /** The attempt still holds the job, but its script is over: it must tear down and start no user command. */
  | 'script_is_over'
  /** A runner cannot decide that a job was cancelled. */
  | 'not_canceled'
  /** The event means nothing in this status or phase. */
  | 'wrong_status'
  /** No such job in the pipeline. */
  | 'unknown_job';

export type JobResult =
  | (Result & { readonly kind: 'moved' })
  /** Understood, and nothing to do. */
  | (Result & { readonly kind: 'unchanged' })
  | (Result & { readonly kind: 'refused'; readonly reason: Refusal });

interface Result {
  readonly job: JobState;
  /** Empty unless it moved. */
  readonly effects: readonly JobEffect[];
  /** Id of the row that decided; null when none fits, or a tick found nothing due. */
  readonly move: string | null;
}

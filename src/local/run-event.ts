import type { Cause, Cleanup, FailureReason, Phase, Status } from '../protocol/index.ts';
import type { EndedJob } from './runs/run-ending.ts';

/** What a local run tells whoever shows it: one value, one moment. `at` is UTC ms. With `--json` each is a line. */
export type RunEvent =
  | RunStarted
  | JobChanged
  | JobLogGrew
  | JobFinished
  | RunRecovered
  | RunInterrupted
  | RunMessage
  | RunFinished;

export interface RunStarted {
  readonly type: 'run_started';
  readonly at: number;
  readonly run: string;
  /** The checkout. */
  readonly dir: string;
  readonly ref: string;
  readonly sha: string;
  readonly stages: readonly string[];
  readonly jobs: readonly {
    readonly id: number;
    readonly name: string;
    readonly stage: string;
    readonly status: Status;
  }[];
  /** Directory that will hold the logs. */
  readonly logs: string;
}

/** Status or phase of a job changed. */
export interface JobChanged {
  readonly type: 'job_changed';
  readonly at: number;
  readonly job: number;
  readonly name: string;
  readonly status: Status;
  readonly phase: Phase | null;
  readonly cause: Cause | null;
  /** Who cancelled it: `SIGINT`, `failed job lint`; null: nobody did. */
  readonly canceledBy: string | null;
  /** In teardown: by when after_script has ended, one way or another; null: none is owed. */
  readonly deadline: number | null;
}

/**
 * A job's log has so many bytes now. Whoever shows them reads the file at its own pace; the first of these events for a job tells what an
 * earlier process had written. The bytes are masked, valid UTF-8, and cut between characters.
 */
export interface JobLogGrew {
  readonly type: 'job_log_grew';
  readonly at: number;
  readonly job: number;
  readonly name: string;
  readonly logFile: string;
  readonly sizeBytes: number;
}

export interface JobFinished {
  readonly type: 'job_finished';
  readonly at: number;
  readonly job: number;
  readonly name: string;
  readonly status: Status;
  readonly cause: Cause | null;
  readonly canceledBy: string | null;
  readonly failureReason: FailureReason | null;
  readonly exitCode: number | null;
  readonly allowFailure: boolean;
  readonly durationMs: number | null;
  readonly cleanup: Cleanup;
  /** Paths of what was kept; null where the job has none. */
  readonly logFile: string | null;
  readonly artifacts: readonly string[];
  /** Set when the failure was retried: the job runs again under a new id. */
  readonly retriedAs: number | null;
}

/** An earlier run of this checkout died; this is what was done about it (by its guard, by `recover`, or just now). */
export interface RunRecovered {
  readonly type: 'run_recovered';
  readonly at: number;
  readonly run: string;
  readonly by: 'guard' | 'recover' | 'run';
  readonly jobs: readonly EndedJob[];
}

/** A signal came in: the first asks for a graceful end, the second forces it. */
export interface RunInterrupted {
  readonly type: 'run_interrupted';
  readonly at: number;
  readonly signal: string;
  readonly force: boolean;
}

export interface RunMessage {
  readonly type: 'message';
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface RunFinished {
  readonly type: 'run_finished';
  readonly at: number;
  readonly run: string;
  readonly status: Status;
  /** 0 success · 1 failed · 129, 130, 143 interrupted, cleanup done · 137 forced. */
  readonly exitCode: number;
  readonly durationMs: number;
}

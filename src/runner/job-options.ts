import type { Clock } from '../base/index.ts';
import type { Executor } from '../executors/index.ts';
import type { JobPayload } from '../protocol/index.ts';
import type { Control } from './control.ts';
import type { JobPorts } from './job-ports.ts';
import type { RunnerSettings } from './open/runner-settings.ts';

/** What a runner is given together with a job. */
export interface JobOptions {
  /** The job's journal directory; made when it is not there. */
  readonly directory: string;
  /** `CI_PROJECT_DIR` on the runner's machine. */
  readonly projectDir: string;
  /** null: take over the job whose journal lies in `directory`. */
  readonly payload: JobPayload | null;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly control: Control;
  readonly ports: JobPorts;
  /** Environment that every step of the job starts with; a job that is taken over keeps the one that it began with. */
  readonly environment: Readonly<Record<string, string>>;
  /** The shell that the executor was told to take, null if none: kept for whoever takes the job over. */
  readonly shell: string | null;
  /** A job that is taken over keeps those that it began with. */
  readonly settings: RunnerSettings;
  /** What the log must not show, beside what the payload says: the runner's token. Not kept for whoever takes the job over; left out: nothing. */
  readonly secrets?: readonly string[];
  /** Shown in the log and as `CI_RUNNER_VERSION`. */
  readonly version: string;
  /** Of a job that is taken over: the machine has not been started anew since it began; left out: nobody knows. */
  readonly isSameBoot?: boolean;
  /** Leave the project directory behind, and what lies beside it. One that was there before the job is left in any case. */
  readonly keep: boolean;
  /** Left out: the project directory lies alone, in a directory of its own. */
  readonly surroundings?: BuildSurroundings;
}

/** Where the job is built among others, and as whose: what its variables say of it. */
export interface BuildSurroundings {
  /** `CI_BUILDS_DIR` */
  readonly buildsDir: string;
  /** `CI_CONCURRENT_ID` */
  readonly concurrentId: number;
  /** `CI_CONCURRENT_PROJECT_ID` */
  readonly slot: number;
  /** `CI_RUNNER_SHORT_TOKEN` */
  readonly shortToken: string;
}

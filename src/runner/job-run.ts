import type { Clock } from '../base/index.ts';
import type { Place } from '../executors/index.ts';
import type { Budgets, JobPayload, JobSettings } from '../protocol/index.ts';
import type { Control } from './control.ts';
import type { JobPorts } from './job-ports.ts';
import type { Journal } from './journal/journal.ts';
import type { JobLog } from './log/job-log.ts';
import type { FeatureFlags } from './open/feature-flags.ts';
import type { Descriptors } from './open/hold-descriptors.ts';
import type { StepScripts } from './open/step-scripts.ts';
import type { JobVariables } from './script/job-variables.ts';

/** Everything the parts of one job's life share while this process takes care of it. */
export interface JobRun {
  readonly payload: JobPayload;
  /** Another runner began the job. */
  readonly isTakenOver: boolean;
  /** The machine may have been started anew since: what nobody has written through to the disk may be gone. */
  readonly mayHaveLost: boolean;
  readonly journal: Journal;
  readonly log: JobLog;
  readonly place: Place;
  readonly control: Control;
  readonly clock: Clock;
  readonly budgets: Budgets;
  readonly attempts: JobSettings['attempts'];
  readonly flags: FeatureFlags;
  readonly cleanupRetries: number;
  /** See `RunnerSettings`. */
  readonly extensionLimitMs: number;
  readonly ports: JobPorts;
  readonly scripts: StepScripts;
  readonly variables: JobVariables;
  /** Held from the moment that a cleanup may be owed until the teardown begins. */
  readonly descriptors: Descriptors;
}

import type { Clock } from '../base/index.ts';
import type { Executor } from '../executors/index.ts';
import type { PayloadFacts } from '../payload/index.ts';
import type { Plan, PlannedJob } from '../protocol/index.ts';
import type { Control, JobRecord, RunnerSettings } from '../runner/index.ts';
import type { RunEvent } from './run-event.ts';
import type { LocalPaths } from './runs/run-directory.ts';

/** A pipeline that can be run, and how to come by those that its trigger jobs start. */
export interface LocalPipeline {
  readonly plan: Plan;
  readonly facts: PayloadFacts;
  /** null: the child's file has errors, or makes no pipeline; whoever compiled it has said so. */
  readonly compileChild: (job: PlannedJob) => Promise<LocalPipeline | null>;
}

export interface LocalRunOptions {
  /** The checkout's top directory. */
  readonly checkout: string;
  readonly pipeline: LocalPipeline;
  /** The shell that was asked for; null: the executor chooses one. */
  readonly shell: string | null;
  readonly executorFor: (start: Pick<JobRecord, 'shell' | 'environment' | 'settings'>) => Executor;
  /** Where and how a job runs. */
  readonly settingsFor: (job: Pick<PlannedJob, 'image'>) => RunnerSettings;
  readonly concurrency: number;
  readonly manual: ReadonlySet<string>;
  readonly keep: boolean;
  readonly paths: LocalPaths;
  /** Environment of every step. */
  readonly environment: Readonly<Record<string, string>>;
  /** `EPILOGUE_NESTED_RUNS`, when this program runs in a job of another run. */
  readonly outerJob: string | null;
  /** Command line of `recover`, without options. */
  readonly recoverCommand: readonly string[];
  readonly version: string;
  readonly clock: Clock;
  readonly emit: (event: RunEvent) => void;
  readonly control: Control;
}

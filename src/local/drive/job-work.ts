import type { Budgets, PlannedJob } from '../../protocol/index.ts';
import type { JobControl, JobResult, PhaseChange } from '../../runner/index.ts';

/** One hand-out of a job to the runner inside this process. */
export interface JobWork {
  readonly id: number;
  readonly job: PlannedJob;
  /** Name for people: with the path of trigger jobs in front, in a child pipeline. */
  readonly displayName: string;
  readonly control: JobControl;
  readonly retryCount: number;
  /** What is known of an earlier job of the same pipeline; undefined when it did not run. */
  readonly reportOf: (name: string) => JobReport | undefined;
  /** Called once, before anything happens. */
  readonly claim: (budgets: Budgets) => void;
  readonly onPhase: (change: PhaseChange) => void;
}

export interface JobReport {
  readonly id: number;
  readonly result: JobResult;
  readonly logFile: string;
}

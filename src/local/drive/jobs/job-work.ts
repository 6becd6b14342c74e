import type { Budgets, Cause, PlannedJob } from '../../../protocol/index.ts';
import type { Control, Extended, JobResult } from '../../../runner/index.ts';

/** One hand-out of a job to the runner inside this process. */
export interface JobWork {
  readonly id: number;
  readonly job: PlannedJob;
  /** Name for people: with the path of trigger jobs in front, in a child pipeline. */
  readonly displayName: string;
  readonly control: Control;
  readonly retryCount: number;
  /** What is known of an earlier job of the same pipeline; undefined when it did not run. */
  readonly reportOf: (name: string) => JobReport | undefined;
  /** Asked once, before anything happens: the job may have been cancelled since it was handed out. */
  readonly claim: (budgets: Budgets) => Promise<Answer>;
  /** Asked before the first user command. */
  readonly askToStart: () => Promise<Answer>;
  /** The script is over. `deadline`: UTC ms by when `after_script` has ended, one way or another. */
  readonly onTeardown: (cause: Cause, deadline: number | null) => void;
  /** `after_script` was granted more time. */
  readonly onExtended: (extension: Extended) => void;
}

/** `refused`: the job is no longer this runner's, and must not go on. */
export type Answer = 'accepted' | 'refused';

export interface JobReport {
  readonly id: number;
  readonly result: JobResult;
  readonly logFile: string;
}

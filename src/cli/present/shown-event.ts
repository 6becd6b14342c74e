import type { JobLogGrew, RunEvent } from '../../local/index.ts';

/** What presenters are given: what a run tells, with bytes of a log where the run only says that it grew. */
export type ShownEvent = Exclude<RunEvent, JobLogGrew> | JobLog;

/** Bytes of a job's log: masked, valid UTF-8, cut between characters. */
export interface JobLog {
  readonly type: 'job_log';
  readonly at: number;
  readonly job: number;
  readonly name: string;
  /** Of the first byte. */
  readonly offset: number;
  /** Valid until the next event is shown. */
  readonly bytes: Uint8Array;
}

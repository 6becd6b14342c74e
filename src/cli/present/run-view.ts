import type {
  JobChanged,
  JobFinished,
  RunFinished,
  RunInterrupted,
  RunRecovered,
  RunStarted,
} from '../../local/index.ts';
import type { Cause, Phase, Status } from '../../protocol/index.ts';
import { appendToTail, emptyTail, type LogTail } from './log/log-tail.ts';
import type { ShownEvent } from './shown-event.ts';

/** What is known of a run so far. Changed by `applyEvent` alone; renderers only read it. */
export interface RunView {
  started: RunStarted | null;
  /** In the order to show them; a retried job's new attempt takes the place of the old one. */
  jobs: JobView[];
  readonly byId: Map<number, JobView>;
  recovered: RunRecovered[];
  interrupted: RunInterrupted | null;
  finished: RunFinished | null;
}

export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  /** From 1; counts on when a failure is retried. */
  readonly attempt: number;
  status: Status;
  phase: Phase | null;
  cause: Cause | null;
  canceledBy: string | null;
  deadline: number | null;
  startedAt: number | null;
  finished: JobFinished | null;
  tail: LogTail;
  /** Log offset at which the teardown began. */
  teardownOffset: number | null;
}

/** So many failed jobs show their log at the end; the others name their log file only. */
export const MAX_SHOWN_LOGS = 10;

export function newRunView(): RunView {
  return { started: null, jobs: [], byId: new Map(), recovered: [], interrupted: null, finished: null };
}

export function applyEvent(view: RunView, event: ShownEvent): void {
  switch (event.type) {
    case 'run_started':
      view.started = event;
      // Jobs of an earlier run that was finished before this one started.
      view.jobs = [];
      view.byId.clear();
      for (const job of event.jobs) addJob(view, newJob({ ...job, attempt: 1 }));
      return;
    case 'job_changed':
      changeJob(jobOf(view, event), event);
      return;
    case 'job_log':
      appendToTail(jobOf(view, event).tail, event.offset, event.bytes);
      return;
    case 'job_finished':
      finishJob(view, event);
      return;
    case 'run_recovered':
      view.recovered.push(event);
      return;
    case 'run_interrupted':
      view.interrupted = event;
      return;
    case 'run_finished':
      view.finished = event;
      return;
    case 'message':
      return;
  }
}

function newJob(job: Pick<JobView, 'id' | 'name' | 'stage' | 'attempt' | 'status'>): JobView {
  return {
    ...job,
    phase: null,
    cause: null,
    canceledBy: null,
    deadline: null,
    startedAt: null,
    finished: null,
    tail: emptyTail(),
    teardownOffset: null,
  };
}

/** A job that the start of the run did not list (of a child pipeline, say) joins at the end. */
function jobOf(view: RunView, event: { readonly job: number; readonly name: string }): JobView {
  return (
    view.byId.get(event.job) ??
    addJob(view, newJob({ id: event.job, name: event.name, stage: '', attempt: 1, status: 'created' }))
  );
}

function addJob(view: RunView, job: JobView): JobView {
  view.jobs.push(job);
  view.byId.set(job.id, job);
  return job;
}

function changeJob(job: JobView, event: JobChanged): void {
  if (event.status === 'running') job.startedAt ??= event.at;
  if (event.phase === 'teardown') job.teardownOffset ??= job.tail.end;
  job.status = event.status;
  job.phase = event.phase;
  job.cause = event.cause;
  job.canceledBy = event.canceledBy;
  job.deadline = event.deadline;
}

function finishJob(view: RunView, event: JobFinished): void {
  const job = jobOf(view, event);
  job.status = event.status;
  job.cause = event.cause;
  job.phase = null;
  job.deadline = null;
  job.finished = event;
  if (event.retriedAs !== null) {
    replaceByRetry(view, job, event.retriedAs);
    return;
  }
  const shownLogs = view.jobs.filter((other) => other.finished !== null && other.tail.keptBytes > 0).length;
  if (event.status === 'success' || shownLogs > MAX_SHOWN_LOGS) job.tail = { ...emptyTail(), end: job.tail.end };
}

/** The new attempt may have been heard of before the old one's end: then it moves to the old one's place. */
function replaceByRetry(view: RunView, job: JobView, id: number): void {
  const next = newJob({ id, name: job.name, stage: job.stage, attempt: job.attempt + 1, status: 'created' });
  const known = view.byId.get(id);
  const shown = known === undefined ? next : { ...known, stage: job.stage, attempt: next.attempt };
  view.jobs = view.jobs.filter((other) => other !== known).map((other) => (other === job ? shown : other));
  view.byId.set(id, shown);
}

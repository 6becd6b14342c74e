import type { PipelineJob } from '../../lifecycle/index.ts';
import type { JobChanged, JobFinished } from '../run-event.ts';
import type { JobReport } from './job-work.ts';

export interface ChangedFacts {
  readonly name: string;
  readonly at: number;
  readonly cleanupDeadline: number | null;
}

export function changedEvent(job: PipelineJob, { name, at, cleanupDeadline }: ChangedFacts): JobChanged {
  const { status, phase, cause } = job.state;
  // What people wait for is the cleanup; the lifecycle's own deadline lies further out.
  const deadline = phase === 'teardown' ? cleanupDeadline : null;
  return { type: 'job_changed', at, job: job.id, name, status, phase, cause, deadline };
}

export interface FinishedFacts {
  readonly name: string;
  readonly at: number;
  /** undefined: the job was never handed out. */
  readonly report: JobReport | undefined;
}

export function finishedEvent(job: PipelineJob, { name, at, report }: FinishedFacts): JobFinished {
  const { state } = job;
  return {
    type: 'job_finished',
    at,
    job: job.id,
    name,
    status: state.status,
    cause: state.cause,
    failureReason: state.failureReason,
    exitCode: state.exitCode,
    allowFailure: job.allowFailure,
    durationMs: state.startedAt === null || state.finishedAt === null ? null : state.finishedAt - state.startedAt,
    cleanup: state.cleanup ?? { outcome: 'not_owed', attempt: 0 },
    logFile: report?.logFile ?? null,
    artifacts: report?.result.artifacts.map((artifact) => artifact.path) ?? [],
    retriedAs: job.retriedAs,
  };
}

import type { Clock } from '../../base/index.ts';
import type { JobState } from '../../lifecycle/index.ts';
import type { JobChanged, JobFinished } from '../run-event.ts';
import type { DrivenPipeline } from './driven-pipeline.ts';
import type { JobReport } from './jobs/job-work.ts';

/** Makes run events of what the lifecycle knows of a job, and of what only its runner knows. */
export class JobAnnouncer {
  readonly #pipeline: DrivenPipeline;
  readonly #clock: Clock;
  readonly #emit: (event: JobChanged | JobFinished) => void;
  /** When each job's after_script must have ended. */
  readonly #cleanupDeadlines = new Map<number, number | null>();
  readonly #reports = new Map<number, JobReport>();

  constructor(pipeline: DrivenPipeline, clock: Clock, emit: (event: JobChanged | JobFinished) => void) {
    this.#pipeline = pipeline;
    this.#clock = clock;
    this.#emit = emit;
  }

  noteCleanupDeadline(number: number, deadline: number | null): void {
    this.#cleanupDeadlines.set(number, deadline);
  }

  noteReport(number: number, report: JobReport): void {
    this.#reports.set(number, report);
  }

  changed(number: number): void {
    const { status, phase, cause, ...state } = this.#pipeline.job(number).state;
    const canceledBy = canceler(state);
    // What people wait for is the cleanup; the lifecycle's own deadline lies further out.
    const deadline = phase === 'teardown' ? (this.#cleanupDeadlines.get(number) ?? null) : null;
    this.#emit({ type: 'job_changed', ...this.#head(number), status, phase, cause, canceledBy, deadline });
  }

  finished(number: number): void {
    const { state, allowFailure, retriedAs } = this.#pipeline.job(number);
    const report = this.#reports.get(number);
    this.#emit({
      type: 'job_finished',
      ...this.#head(number),
      status: state.status,
      cause: state.cause,
      canceledBy: canceler(state),
      failureReason: state.failureReason,
      exitCode: state.exitCode,
      allowFailure,
      durationMs: state.startedAt === null || state.finishedAt === null ? null : state.finishedAt - state.startedAt,
      cleanup: state.cleanup ?? { outcome: 'not_owed', attempt: 0 },
      logFile: report?.logFile ?? null,
      artifacts: report?.result.artifacts.map((artifact) => artifact.path) ?? [],
      retriedAs: retriedAs === null ? null : this.#pipeline.id(retriedAs),
    });
  }

  #head(number: number): { readonly at: number; readonly job: number; readonly name: string } {
    return { at: this.#clock.now(), job: this.#pipeline.id(number), name: this.#pipeline.name(number) };
  }
}

function canceler({ cancelRequest, forceRequest }: Pick<JobState, 'cancelRequest' | 'forceRequest'>): string | null {
  return cancelRequest?.by ?? forceRequest?.by ?? null;
}

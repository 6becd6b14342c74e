import type { Clock } from '../../base/index.ts';
import type { Cause, Cleanup, JobPayload, Phase } from '../../protocol/index.ts';
import type { JobPorts, JobResult, PhaseChange } from '../../runner/index.ts';

interface Told {
  cleaned(cleanup: Cleanup): void;
  ended(seconds: number, failureReason: string | null): void;
}

/** In GitLab's words where it has one. */
export type JobStage =
  | 'prepare_executor'
  | 'get_sources'
  | 'download_artifacts'
  | 'step_script'
  | 'after_script'
  | 'archive_cache'
  | 'upload_artifacts'
  | 'report_result';

/** What GitLab's runner would call the state of a job whose script is over for this cause; any other: it runs, until its result is told. */
const STATES: Readonly<Partial<Record<Cause, string>>> = {
  canceled: 'canceled',
  superseded: 'canceled',
  timed_out: 'timedout',
  runner_shutdown: 'terminated',
};

/** One job under way, as it is shown outside. */
export class JobFigures {
  readonly #clock: Clock;
  readonly #told: Told;
  readonly #startedAt: number;
  #isOver = false;
  readonly id: number;
  readonly name: string;
  readonly project: string;
  /** The page of it, at a coordinator that has one. */
  readonly url: string;
  stage: JobStage = 'prepare_executor';
  phase: Phase = 'preparing';
  cause: Cause | null = null;
  /** By when its after_script has ended, in UTC ms; null: none is owed (any more). */
  deadline: number | null = null;
  cleanup: Cleanup | null = null;
  logBytes = 0;
  /** Of these, what the server has not acknowledged. */
  waitingBytes: () => number = () => 0;

  constructor(clock: Clock, { id, job_info: info, git_info: { repo_url: repo } }: JobPayload, told: Told) {
    this.#clock = clock;
    this.#told = told;
    this.#startedAt = clock.monotonic();
    this.id = id;
    this.name = info.name;
    this.project = info.project_full_path;
    this.url = `${withoutCredentials(repo).replace(/\.git$/, '')}/-/jobs/${id}`;
  }

  get state(): string {
    if (this.stage === 'report_result') return 'finished';
    if (this.phase === 'preparing') return 'pending';
    return (this.cause === null ? undefined : STATES[this.cause]) ?? 'running';
  }

  get executorStage(): string {
    if (this.stage === 'report_result') return 'cleanup';
    return this.phase === 'teardown' ? 'finish' : 'prepare';
  }

  get seconds(): number {
    return (this.#clock.monotonic() - this.#startedAt) / 1000;
  }

  changed({ phase, cause, deadline }: PhaseChange): void {
    this.phase = phase;
    this.cause = cause;
    this.deadline = deadline;
    if (phase === 'script') this.stage = 'step_script';
    if (phase === 'teardown' && this.cleanup === null) this.stage = 'after_script';
  }

  cleaned(cleanup: Cleanup): void {
    if (this.cleanup === null) this.#told.cleaned(cleanup);
    this.cleanup = cleanup;
    this.deadline = null;
    this.stage = 'archive_cache';
  }

  /** The job is over here, and what became of it is still to be told. */
  reports(): void {
    this.stage = 'report_result';
  }

  /** It is no longer this process's. `result`: null where there is none, because the job stays in its journal or never began. */
  end(result: JobResult | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const reason = result?.status === 'canceled' ? 'job_canceled' : (result?.failureReason ?? null);
    this.#told.ended(this.seconds, reason);
  }
}

/** The same ports; what goes through them is noted on its way. */
export function watchPorts(ports: JobPorts, job: JobFigures): JobPorts {
  return {
    ...ports,
    getSources(...asked) {
      job.stage = 'get_sources';
      return ports.getSources(...asked);
    },
    dependencyArchive(...asked) {
      job.stage = 'download_artifacts';
      return ports.dependencyArchive(...asked);
    },
    keep(...asked) {
      job.stage = 'upload_artifacts';
      return ports.keep(...asked);
    },
    phase(change) {
      job.changed(change);
      ports.phase(change);
    },
    cleaned(cleanup) {
      job.cleaned(cleanup);
      ports.cleaned(cleanup);
    },
    logGrew(sizeBytes) {
      job.logBytes = sizeBytes;
      ports.logGrew(sizeBytes);
    },
  };
}

function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}

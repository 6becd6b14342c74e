import { type Clock, emptyHistogram, withValue } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { ApiEndpoint } from '../wire/coordinator.ts';
import { JobFigures } from './job-figures.ts';
import type { RunnerLog } from './runner-log.ts';

interface RunnerFacts {
  readonly concurrent: number;
  readonly entries: readonly Omit<EntryFacts, 'systemId'>[];
}

/** One `[[runners]]` entry, as labels and gauges know it. */
export interface EntryFacts {
  /** The same as long as it is the same entry. */
  readonly key: string;
  readonly name: string;
  /** The whole one: it is shortened before anybody sees it. */
  readonly token: string;
  readonly systemId: string;
  /** 0: only `concurrent` bounds it. */
  readonly limit: number;
  readonly requestConcurrency: number;
}

/** What GitLab's runner has, so that its dashboards fit. Seconds. */
const JOB_BOUNDS = [30, 60, 300, 600, 1800, 3600, 7200, 10_800, 18_000, 36_000];
const QUEUE_BOUNDS = [1, 3, 10, 30, 60, 120, 300, 900, 1800, 3600];
const CLEANUP_BOUNDS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800];

/**
 * What this process knows of itself: jobs under way and counters since its start. The loop and the jobs tell it; every call returns at once, touches
 * memory alone and cannot fail. Pages, systemd and tests read it.
 */
export class RunnerMetrics {
  readonly #clock: Clock;
  readonly #entries = new Map<string, EntryMetrics>();
  readonly #logged = { warning: 0, error: 0 };
  #state: 'starting' | 'running' | 'stopping' = 'starting';
  /** Jobs at the same time, of all entries. */
  concurrent = 0;
  /** Journals of earlier processes that could not be read. */
  unusableJournals = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Jobs are taken from now on. */
  begin(): void {
    this.#state = 'running';
  }

  /** No more are. */
  stop(): void {
    this.#state = 'stopping';
  }

  /** The settings, now and at each change. What is gone is forgotten once it has no jobs. */
  apply({ concurrent, entries }: RunnerFacts, systemId: string): void {
    this.concurrent = concurrent;
    for (const [key, { jobs }] of this.#entries) {
      if (jobs.size === 0 && entries.every((entry) => entry.key !== key)) this.#entries.delete(key);
    }
    for (const entry of entries) this.entry({ ...entry, systemId });
  }

  /** One that has changed keeps its counters. */
  entry(facts: EntryFacts): EntryMetrics {
    const entry = this.#entries.get(facts.key) ?? new EntryMetrics(this.#clock, facts);
    entry.facts = facts;
    this.#entries.set(facts.key, entry);
    return entry;
  }

  /** The same log; trouble is counted on its way, whether it is shown or not. */
  counting(log: RunnerLog): RunnerLog {
    return (level, text, facts) => {
      if (level === 'warn') this.#logged.warning += 1;
      if (level === 'error') this.#logged.error += 1;
      log(level, text, facts);
    };
  }

  get loggedLines(): Readonly<Record<'warning' | 'error', number>> {
    return this.#logged;
  }

  /** `starting`: what an earlier process has left is being read. */
  get state(): 'starting' | 'running' | 'stopping' {
    return this.#state;
  }

  get entries(): readonly EntryMetrics[] {
    return [...this.#entries.values()];
  }

  get jobs(): readonly JobFigures[] {
    return this.entries.flatMap(({ jobs }) => [...jobs]);
  }
}

export class EntryMetrics {
  readonly #clock: Clock;
  readonly #jobs = new Set<JobFigures>();
  readonly #failed = new Map<string, number>();
  readonly #cleanups = new Map<string, number>();
  readonly #answers = new Map<ApiEndpoint, Map<number, number>>();
  facts: EntryFacts;
  /** Since when it takes no more jobs, because its cleanups went wrong, in UTC ms. */
  quarantinedSince: number | null = null;
  taken = 0;
  takenUp = 0;
  jobSeconds = emptyHistogram(JOB_BOUNDS);
  queueSeconds = emptyHistogram(QUEUE_BOUNDS);
  cleanupSeconds = emptyHistogram(CLEANUP_BOUNDS);

  constructor(clock: Clock, facts: EntryFacts) {
    this.#clock = clock;
    this.facts = facts;
  }

  get jobs(): ReadonlySet<JobFigures> {
    return this.#jobs;
  }

  /** By failure reason. */
  get failed(): ReadonlyMap<string, number> {
    return this.#failed;
  }

  /** By outcome. */
  get cleanups(): ReadonlyMap<string, number> {
    return this.#cleanups;
  }

  /** By endpoint, then by status. */
  get answers(): ReadonlyMap<ApiEndpoint, ReadonlyMap<number, number>> {
    return this.#answers;
  }

  /** A job begins here: one that the server has just handed out, or one that an earlier process left in its journal. */
  begin(payload: JobPayload, how: 'taken' | 'taken_up'): JobFigures {
    const { time_in_queue_seconds: queued } = payload.job_info;
    if (how === 'taken_up') this.takenUp += 1;
    else this.taken += 1;
    if (how === 'taken' && queued !== undefined) this.queueSeconds = withValue(this.queueSeconds, queued);
    const job = new JobFigures(this.#clock, payload, {
      cleaned: ({ outcome, durationMs }) => {
        raise(this.#cleanups, outcome);
        if (durationMs !== undefined) this.cleanupSeconds = withValue(this.cleanupSeconds, durationMs / 1000);
      },
      ended: (seconds, failureReason) => {
        this.#jobs.delete(job);
        this.jobSeconds = withValue(this.jobSeconds, seconds);
        if (failureReason !== null) raise(this.#failed, failureReason);
      },
    });
    this.#jobs.add(job);
    return job;
  }

  answered(endpoint: ApiEndpoint, status: number): void {
    const statuses = this.#answers.get(endpoint) ?? new Map<number, number>();
    raise(statuses, status);
    this.#answers.set(endpoint, statuses);
  }
}

function raise<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

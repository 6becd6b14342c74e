import {
  family,
  gauge,
  type Histogram,
  histogramSamples,
  type Metric,
  metricText,
  processMetrics,
  type Sample,
} from '../../base/index.ts';
import type { EntryMetrics, RunnerMetrics } from './runner-metrics.ts';

type Entries = readonly EntryMetrics[];
type Labelled = readonly [labels: Sample['labels'], value: number];

/** In Prometheus's text format: GitLab's names for what its runner has, too, so that its dashboards fit; ours for the rest. No token is in it. */
export function metricsPage(metrics: RunnerMetrics, version: string): string {
  const { entries } = metrics;
  return metricText([
    ...ofRunner(metrics, version),
    ...ofEntries(entries),
    ...ofJobs(entries),
    ...ofCleanups(entries),
    ...processMetrics(),
  ]);
}

function ofRunner({ concurrent, loggedLines, unusableJournals }: RunnerMetrics, version: string): readonly Metric[] {
  const build = { name: 'epilogue', version, os: process.platform, architecture: process.arch };
  return [
    family('gitlab_runner_version_info', 'Always 1.', 'gauge', [[build, 1]]),
    gauge('gitlab_runner_concurrent', 'Jobs at the same time, at most.', concurrent),
    gauge(
      'epilogue_runner_unusable_journals',
      'Journals of earlier processes that could not be read.',
      unusableJournals,
    ),
    family('gitlab_runner_errors_total', 'Warnings and errors that were logged.', 'counter', [
      [{ level: 'warning' }, loggedLines.warning],
      [{ level: 'error' }, loggedLines.error],
    ]),
  ];
}

function ofEntries(entries: Entries): readonly Metric[] {
  const limits = each(entries, ({ facts }) => facts.limit);
  const requests = each(entries, ({ facts }) => facts.requestConcurrency);
  const quarantined = each(entries, ({ quarantinedSince }) => (quarantinedSince === null ? 0 : 1));
  const answers = each(entries, ({ answers }) =>
    [...answers].flatMap(([endpoint, statuses]) =>
      [...statuses].map(([status, count]): Labelled => [{ endpoint, status: String(status) }, count]),
    ),
  );
  return [
    family('gitlab_runner_limit', 'Jobs at the same time of one entry; 0: no bound of its own.', 'gauge', limits),
    family('gitlab_runner_request_concurrency', 'Requests for work at the same time, at most.', 'gauge', requests),
    family('gitlab_runner_api_request_statuses_total', 'Answers of servers.', 'counter', answers),
    family('epilogue_runner_quarantined', '1: takes no jobs, because cleanups went wrong.', 'gauge', quarantined),
  ];
}

function ofJobs(entries: Entries): readonly Metric[] {
  const taken = each(entries, (entry) => entry.taken);
  const takenUp = each(entries, (entry) => entry.takenUp);
  const failed = each(entries, (entry) =>
    [...entry.failed].map(([reason, count]): Labelled => [{ failure_reason: reason }, count]),
  );
  const waiting = each(entries, ({ jobs }) => [...jobs].reduce((sum, job) => sum + job.waitingBytes(), 0));
  const duration = durations(entries, ({ jobSeconds }) => jobSeconds);
  const queued = durations(entries, ({ queueSeconds }) => queueSeconds);
  return [
    family('gitlab_runner_jobs', 'Jobs under way.', 'gauge', each(entries, jobsByStage)),
    family('gitlab_runner_jobs_total', 'Jobs that were taken.', 'counter', taken),
    family('gitlab_runner_failed_jobs_total', 'Jobs that failed or were cancelled.', 'counter', failed),
    histogram('gitlab_runner_job_duration_seconds', 'From the hand-out of a job to its end.', duration),
    histogram('gitlab_runner_job_queue_duration_seconds', 'How long jobs had waited, says the server.', queued),
    family('epilogue_runner_jobs_taken_up_total', 'Jobs that an earlier process had left.', 'counter', takenUp),
    family('epilogue_runner_log_waiting_bytes', 'Bytes of logs that the server has not got yet.', 'gauge', waiting),
  ];
}

function ofCleanups(entries: Entries): readonly Metric[] {
  const outcomes = each(entries, ({ cleanups }) =>
    [...cleanups].map(([outcome, count]): Labelled => [{ outcome }, count]),
  );
  const duration = durations(entries, ({ cleanupSeconds }) => cleanupSeconds);
  return [
    family('epilogue_runner_cleanups_total', 'How cleanups ended.', 'counter', outcomes),
    histogram('epilogue_runner_cleanup_duration_seconds', 'How long they took.', duration),
  ];
}

function jobsByStage({ jobs }: EntryMetrics): readonly Labelled[] {
  const counts = new Map<string, Labelled>();
  for (const { state, stage, executorStage } of jobs) {
    const key = `${state} ${stage} ${executorStage}`;
    counts.set(key, [{ state, stage, executor_stage: executorStage }, (counts.get(key)?.[1] ?? 0) + 1]);
  }
  return [...counts.values()];
}

/** Of each entry one value, or several with labels of their own. */
function each(entries: Entries, read: (entry: EntryMetrics) => number | readonly Labelled[]): readonly Labelled[] {
  return entries.flatMap((entry) => {
    const found = read(entry);
    const all: readonly Labelled[] = typeof found === 'number' ? [[{}, found]] : found;
    return all.map(([labels, value]): Labelled => [{ ...labelsOf(entry), ...labels }, value]);
  });
}

function durations(entries: Entries, of: (entry: EntryMetrics) => Histogram): readonly Sample[] {
  return entries.flatMap((entry) => histogramSamples(labelsOf(entry), of(entry)));
}

function histogram(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'histogram', samples };
}

function labelsOf({ facts: { name, token, systemId } }: EntryMetrics): Sample['labels'] {
  return { runner: shortToken(token), runner_name: name, system_id: systemId };
}

/** As GitLab shows it: enough to tell runners apart, too little to be one. */
function shortToken(token: string): string {
  return token.replace(/^[a-z]+-(?:t\d_)?/, '').slice(0, 9);
}

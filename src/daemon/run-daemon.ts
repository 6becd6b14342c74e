import { join } from 'node:path';
import { type Clock, describeError, Failure, type FileLock, makeDirectory } from '../base/index.ts';
import type { Executor } from '../executors/index.ts';
import { Control, tryLockJournals } from '../runner/index.ts';
import { Builds } from './builds/builds.ts';
import type { RunnerConfig, RunnerEntry } from './config/runner-config.ts';
import { Hearing } from './hearing.ts';
import { type JobContext, runWireJob } from './job/run-wire-job.ts';
import { JobHomes } from './job-homes.ts';
import { JobsInHand } from './jobs-in-hand.ts';
import type { Shutdown } from './shutdown.ts';
import { Places } from './take/places.ts';
import { takeJobs } from './take/take-jobs.ts';
import { takeUpJobs } from './take-up/take-up-jobs.ts';
import type { RunnerLog } from './watch/runner-log.ts';
import { type EntryMetrics, RunnerMetrics } from './watch/runner-metrics.ts';
import { startWatching, type Watching } from './watch/start-watching.ts';
import type { ServiceSettings } from './watch/systemd/service-manager.ts';
import { connect } from './wire/coordinator.ts';

export interface DaemonOptions {
  readonly config: RunnerConfig;
  /** Tells this process from others under the same token. */
  readonly systemId: string;
  /** Absolute; journals, builds and caches. Of one process at a time. */
  readonly directory: string;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Environment that every step starts with, and git. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  readonly log: RunnerLog;
  readonly shutdown: Shutdown;
  /** Who started this process and wants to hear of it; null: nobody. */
  readonly service: ServiceSettings | null;
}

/**
 * Takes jobs of every entry until it is told to stop, and sees each to its end; first of all those that a process before it left behind. Resolves
 * when none is left.
 * @throws Failure `runner_directory_unusable`, `runner_in_use`, `runner_refused` (a token is nobody's)
 */
export async function runDaemon(given: DaemonOptions): Promise<void> {
  const metrics = new RunnerMetrics(given.clock);
  const options = { ...given, log: metrics.counting(given.log) };
  const { config, directory, clock, log, shutdown } = options;
  makeJobsDirectory(directory);
  const lock = await takeLock(directory);
  const homes = new JobHomes(directory, clock);
  const places = new Places(() => config.concurrent);
  const builds = new Builds(join(directory, 'jobs'), (text) => log('warn', text));
  const entries = config.entries.map((entry) => openEntry(options, entry, { runner: metrics, builds }));
  const interruptAll = (): void => {
    log('info', wordsOfStop(entries.reduce((sum, { context }) => sum + context.jobs.size, 0)));
    for (const { context } of entries) context.jobs.interruptAll();
  };
  shutdown.tornDown.addEventListener('abort', interruptAll, { once: true });
  let watching: Watching | null = null;
  try {
    watching = await startWatching(options, metrics);
    const [first] = entries;
    const takenUp = first === undefined ? null : takeUpJobs(first.context, homes, directory);
    await Promise.all(entries.map((entry) => serveEntry(options, entry, { homes, places })));
    await takenUp;
  } finally {
    for (const { events } of entries) await events.end();
    await watching?.close();
    lock.release();
  }
}

interface OpenEntry {
  readonly entry: RunnerEntry;
  readonly context: JobContext;
  readonly events: Hearing;
}

function openEntry(
  options: DaemonOptions,
  entry: RunnerEntry,
  { runner, builds }: { readonly runner: RunnerMetrics; readonly builds: Builds },
): OpenEntry {
  const { directory, executor, clock, environment, version, log, systemId, shutdown } = options;
  const { url, settings, labels } = entry;
  const token = (): string => entry.token;
  const metrics = runner.entry({ ...entry, systemId });
  const onAnswer: EntryMetrics['answered'] = (endpoint, status) => metrics.answered(endpoint, status);
  const context: JobContext = {
    coordinator: connect({ url, token, systemId, version, executor: executor.name, labels, clock, onAnswer }),
    metrics,
    jobs: new JobsInHand(),
    executor,
    clock,
    environment,
    version,
    cacheDir: join(directory, 'cache'),
    builds,
    settings,
    buildSettings: {
      token: entry.token,
      buildsDir: settings.buildsDir ?? join(directory, 'builds'),
      isPathFree: settings.customBuildDir,
    },
    warn: (text, facts) => log('warn', text, { runner: entry.name, ...facts }),
    inform: (text, facts) => log('info', text, { runner: entry.name, ...facts }),
    stop: shutdown.tornDown,
  };
  return {
    entry,
    context,
    events: new Hearing(
      { server: context.coordinator.server, token, systemId, clock, stop: shutdown.noMoreJobs },
      context,
    ),
  };
}

async function serveEntry(
  { config, shutdown, log }: DaemonOptions,
  { entry, context, events }: OpenEntry,
  { homes, places }: { readonly homes: JobHomes; readonly places: Places },
): Promise<void> {
  log('info', `takes jobs of ${entry.url()}, at most ${config.concurrent} at a time`);
  await takeJobs({
    context,
    events,
    places,
    stop: shutdown.noMoreJobs,
    async run(payload) {
      const job = runWireJob(context, payload, homes.next(), new Control());
      // Handed out in the moment when we were told to stop.
      if (shutdown.tornDown.aborted) context.jobs.interruptAll();
      await job.catch((error: unknown) => log('warn', `job ${payload.id}: ${describeError(error)}`));
    },
  });
}

function makeJobsDirectory(directory: string): void {
  try {
    makeDirectory(join(directory, 'jobs'), 0o700);
  } catch (error) {
    const why = describeError(error);
    throw new Failure('runner_directory_unusable', `the runner's directory cannot be made: ${why}`, { cause: error });
  }
}

async function takeLock(directory: string): Promise<FileLock> {
  const lock = await tryLockJournals(directory);
  if (lock === null) throw new Failure('runner_in_use', `another runner works in ${directory}`);
  return lock;
}

function wordsOfStop(running: number): string {
  if (running === 0) return 'stopping';
  return `stopping: ${running === 1 ? '1 job is' : `${running} jobs are`} torn down first, cleanup included`;
}

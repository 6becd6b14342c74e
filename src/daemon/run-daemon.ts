import { join } from 'node:path';
import { type Clock, describeError, Failure, type FileLock, makeDirectory } from '../base/index.ts';
import type { Executor } from '../executors/index.ts';
import { Control, listJournals, tryLockJournals } from '../runner/index.ts';
import { Hearing } from './hearing.ts';
import { finishWireJob, type JobContext, type JobHome, runWireJob } from './job/run-wire-job.ts';
import { JobsInHand } from './jobs-in-hand.ts';
import { connect } from './wire/coordinator.ts';

export interface DaemonOptions {
  /** Of the coordinator, without a slash at its end. Asked for at each request: the coordinator may move. */
  readonly url: () => string;
  /** The runner's authentication token. */
  readonly token: string;
  readonly systemId: string;
  /** Absolute; journals, builds and caches. Of one runner at a time. */
  readonly directory: string;
  /** Jobs at the same time. */
  readonly concurrent: number;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Environment that every step starts with, and git. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  readonly log: (level: 'info' | 'warn', text: string) => void;
  /** Takes no more jobs; those that run are torn down, their cleanup included. */
  readonly stop: AbortSignal;
}

/** Against a coordinator that does not hold requests. */
const POLL_MS = 3_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Takes jobs from a coordinator until it is told to stop, and sees each to its end; first of all those that a runner before it left behind. Resolves
 * when none is left.
 * @throws Failure `runner_directory_unusable`, `runner_in_use`, `runner_refused` (the token is nobody's)
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { directory, executor, clock, environment, version, log } = options;
  makeJobsDirectory(directory);
  const lock = await takeLock(directory);
  const context: JobContext = {
    coordinator: connect({ ...options, executor: executor.name }),
    jobs: new JobsInHand(),
    executor,
    clock,
    environment,
    version,
    cacheDir: join(directory, 'cache'),
    warn: (text) => log('warn', text),
    inform: (text) => log('info', text),
    stop: options.stop,
  };
  log('info', `takes jobs of ${options.url()}, at most ${options.concurrent} at a time`);
  const events = new Hearing(options, context);
  try {
    const leftBehind = finishLeftJobs(context, directory);
    await takeJobs(context, options, events);
    await leftBehind;
  } finally {
    await events.end();
    lock.release();
  }
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

/** Jobs of a runner that died, one after the other; what was never accepted is nobody's. */
async function finishLeftJobs(context: JobContext, directory: string): Promise<void> {
  for (const { id, reading } of listJournals(join(directory, 'jobs'))) {
    if (reading.kind === 'unusable') context.warn(`job directory ${id} is passed over: ${reading.why}`);
    if (reading.kind !== 'usable') continue;
    await finishWireJob(context, reading.record, homeOf(directory, id));
  }
}

async function takeJobs(context: JobContext, options: DaemonOptions, events: Hearing): Promise<void> {
  const { clock, concurrent, stop, log } = options;
  const { jobs } = context;
  const running = new Set<Promise<void>>();
  const interruptAll = (): void => {
    log('info', wordsOfStop(running.size));
    jobs.interruptAll();
  };
  stop.addEventListener('abort', interruptAll, { once: true });
  let lastUpdate: string | null = null;
  let lastHome = 0;
  for (let pauseMs = FIRST_PAUSE_MS; !stop.aborted; ) {
    if (running.size >= concurrent) {
      await Promise.race(running);
      continue;
    }
    try {
      const work = await context.coordinator.requestJob(lastUpdate, stop);
      pauseMs = FIRST_PAUSE_MS;
      if (work.kind === 'refused')
        throw new Failure('runner_refused', 'the coordinator does not know the token of this runner');
      if (work.hasAdditions) events.hear();
      // A request that comes back empty at once is one of a coordinator that holds none.
      if (work.kind === 'none' && lastUpdate === null && work.lastUpdate === null) await clock.sleep(POLL_MS, stop);
      lastUpdate = work.lastUpdate;
      if (work.kind === 'none') continue;
      lastHome = Math.max(lastHome + 1, clock.now());
      log('info', `job ${work.payload.id}: ${work.payload.job_info.name}`);
      const job = runWireJob(context, work.payload, homeOf(options.directory, lastHome), new Control())
        .catch((error: unknown) => log('warn', `job ${work.payload.id}: ${describeError(error)}`))
        .finally(() => running.delete(job));
      running.add(job);
      // Handed out in the moment when we were told to stop.
      if (stop.aborted) jobs.interruptAll();
    } catch (error) {
      if (error instanceof Failure && error.code === 'runner_refused') throw error;
      if (stop.aborted) break;
      log('warn', describeError(error));
      await events.pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
  await Promise.all(running);
}

function wordsOfStop(running: number): string {
  if (running === 0) return 'stopping';
  return `stopping: ${running === 1 ? '1 job is' : `${running} jobs are`} torn down first, cleanup included`;
}

/** Named by a number that no job of this runner had before: a job's cleanup may come back to the runner that lost it. */
function homeOf(directory: string, id: number): JobHome {
  return { directory: join(directory, 'jobs', String(id)), builds: join(directory, 'builds', String(id)) };
}

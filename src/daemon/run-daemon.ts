import { join } from 'node:path';
import { describeError, Failure, type FileLock, makeDirectory } from '../base/index.ts';
import { tryLockJournals } from '../runner/index.ts';
import { Builds } from './builds/builds.ts';
import type { RunnerConfig } from './config/runner-config.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { JobHomes } from './job-homes.ts';
import { openLoops } from './open-loops.ts';
import { takeUpJobs } from './take-up/take-up-jobs.ts';
import { RunnerMetrics } from './watch/runner-metrics.ts';
import { startWatching, type Watching } from './watch/start-watching.ts';

/**
 * Takes jobs of every entry until it is told to stop, and sees each to its end; first of all those that a process before it left behind. Resolves
 * when none is left.
 * @throws Failure `runner_directory_unusable`, `runner_in_use`, `runner_refused` (a token is nobody's)
 */
export async function runDaemon(given: DaemonOptions): Promise<void> {
  const metrics = new RunnerMetrics(given.clock);
  const options = { ...given, log: metrics.counting(given.log) };
  const { config, directory, clock, log, shutdown, onConfig } = options;
  makeJobsDirectory(directory);
  const lock = await takeLock(directory);
  const homes = new JobHomes(directory, clock);
  const builds = new Builds(join(directory, 'jobs'), (text) => log('warn', text));
  const loops = openLoops(options, { metrics, homes, builds });
  const apply = (next: RunnerConfig): void => {
    metrics.apply(next, options.systemId);
    loops.apply(next);
  };
  const interruptAll = (): void => {
    log('info', wordsOfStop(loops.all.reduce((sum, { context }) => sum + context.jobs.size, 0)));
    for (const { context } of loops.all) context.jobs.interruptAll();
  };
  shutdown.tornDown.addEventListener('abort', interruptAll, { once: true });
  let watching: Watching | null = null;
  try {
    watching = await startWatching(options, metrics);
    apply(config);
    const { reload } = watching;
    onConfig?.((next) => reload(() => apply(next)));
    const [first] = loops.all;
    const takenUp = first === undefined ? null : takeUpJobs(first.context, homes, directory);
    await loops.ended();
    await takenUp;
  } finally {
    for (const { events } of loops.all) await events.end();
    await watching?.close();
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

function wordsOfStop(running: number): string {
  if (running === 0) return 'stopping';
  return `stopping: ${running === 1 ? '1 job is' : `${running} jobs are`} torn down first, cleanup included`;
}

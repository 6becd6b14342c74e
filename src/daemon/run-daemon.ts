import { join } from 'node:path';
import { describeError, Failure, makeDirectory, onAbort, syncDirectory } from '../base/index.ts';
import { type Guard, listJournals, startGuard } from '../runner/index.ts';
import { Builds } from './builds/builds.ts';
import type { RunnerConfig } from './config/runner-config.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { JobContext } from './job/job-context.ts';
import { JobHomes } from './job-homes.ts';
import type { JobsInHand } from './jobs-in-hand.ts';
import type { WireRecord } from './journal/wire-record.ts';
import { openLoops } from './open-loops.ts';
import { rotateTokens } from './register/rotate-tokens.ts';
import { keepSweeping } from './sweep/keep-sweeping.ts';
import type { EntryLoops } from './take/entry-loops.ts';
import { takeLock } from './take-lock.ts';
import { takeUpJobs } from './take-up/take-up-jobs.ts';
import { RunnerMetrics } from './watch/runner-metrics.ts';
import { startWatching, type Watching } from './watch/start-watching.ts';
import { watchForWaking } from './watch/waking.ts';

/** What a process leaves behind. */
export interface DaemonEnd {
  /** Jobs in the journals, for the next process. */
  readonly left: number;
  /** It was to leave them. */
  readonly isDetached: boolean;
}

/** What was answered while this process did not run is read first. */
const READ_FIRST_MS = 1_000;
/** The longest that our coordinator waits for word of a job that nobody speaks for. */
const DETACHED_S = 900;

/**
 * Takes jobs of every entry until it is told to stop, and sees each to its end; first of all those that a process before it left behind. Resolves
 * when none is left, or when those that are left are handed over: whatever is under way then ends with this process, which has to end at once, and the lock with it.
 * @throws Failure `runner_directory_unusable`, `runner_in_use`, `runner_refused` (a token is nobody's)
 */
export async function runDaemon(given: DaemonOptions): Promise<DaemonEnd> {
  const metrics = new RunnerMetrics(given.clock);
  const options = { ...given, log: metrics.counting(given.log) };
  const { directory, shutdown } = options;
  makeJobsDirectory(directory);
  const lock = await takeLock(options);
  const guard = startGuardOf(options);
  const over = new AbortController();
  try {
    const watching = await startWatching(options, metrics);
    const work = startWork(options, metrics, watching);
    obeyShutdown(options, work, over.signal);
    noteWaking(options, work, over.signal);
    const { promise: handedOver, resolve } = Promise.withResolvers<'handed_over'>();
    onAbort(shutdown.handedOver, () => resolve('handed_over'));
    if ((await Promise.race([work.done, handedOver])) === 'handed_over') return await leave(options, guard);
    await watching.close();
  } catch (error) {
    await guard?.dismiss();
    lock.release();
    throw error;
  } finally {
    over.abort();
  }
  const end = await leave(options, guard);
  lock.release();
  return end;
}

function startGuardOf({ guardCommand: command, directory, clock, log }: DaemonOptions): Guard | null {
  if (command === null) return null;
  const onTrouble = (text: string): void => log('warn', text);
  return startGuard({ command, logFile: join(directory, 'guard.log'), clock, onTrouble });
}

interface Work {
  /** As the settings are now. */
  readonly config: () => RunnerConfig;
  readonly jobs: () => readonly JobsInHand[];
  readonly entries: () => EntryLoops['all'];
  /** Resolves when no job is left; rejects then, where an entry could not go on. */
  readonly done: Promise<unknown>;
}

function startWork(options: DaemonOptions, metrics: RunnerMetrics, watching: Watching): Work {
  const { config, directory, clock, log, systemId, onConfig } = options;
  const homes = new JobHomes(directory, clock);
  const builds = new Builds(join(directory, 'jobs'), (text) => log('warn', text));
  const { loops, places, openGone } = openLoops(options, { metrics, homes, builds });
  const apply = (next: RunnerConfig): void => {
    metrics.apply(next, systemId);
    loops.apply(next);
  };
  apply(config);
  onConfig?.((next) => watching.reload(() => apply(next)));
  const gone = new Map<string, JobContext>();
  const contextFor = (wire: WireRecord | null): JobContext => {
    // Whose it is cannot be read: that of the only entry, or nobody else is told of it.
    const key = wire?.entry.key ?? (loops.all.length === 1 ? loops.all[0]?.key : undefined) ?? '';
    const found = loops.find(key);
    if (found === null) {
      const context = gone.get(key) ?? openGone(wire);
      gone.set(key, context);
      return context;
    }
    if (wire?.hasAdditions) {
      found.context.coordinator.rememberAdditions();
      found.events.hear();
    }
    return found.context;
  };
  const claim = (wire: WireRecord | null): (() => void) => {
    const ends = [places.claim(), loops.claim(wire?.entry.key ?? '')];
    return () => {
      for (const end of ends) end();
    };
  };
  const takenUp = takeUpJobs({ directory, homes, claim, contextFor, log, metrics });
  // Entries may end by themselves: of a token that is nobody's.
  const over = new AbortController();
  const looped = loops.ended().finally(() => over.abort());
  const swept = keepSweeping({ ...options, config: () => loops.config, stop: over.signal });
  const all = Promise.allSettled([takenUp, swept, looped, drawTokens(options, loops)]);
  return {
    config: () => loops.config,
    jobs: () => [...loops.all.map(({ context }) => context), ...gone.values()].map(({ jobs }) => jobs),
    entries: () => loops.all,
    done: all.then((ends) => ends.forEach(throwIfRejected)),
  };
}

function throwIfRejected(end: PromiseSettledResult<void>): void {
  if (end.status === 'rejected') throw end.reason;
}

function obeyShutdown(
  { clock, log, shutdown, isFinishing }: DaemonOptions,
  { jobs, config }: Work,
  over: AbortSignal,
): void {
  const running = (): number => jobs().reduce((sum, { size }) => sum + size, 0);
  const drain = (): void => {
    if (shutdown.isDrain && !isFinishing) log('info', wordsOfDrain(running()));
  };
  const tearDown = async (): Promise<void> => {
    log('info', wordsOfStop(running()));
    for (const each of jobs()) each.interruptAll();
    await clock.sleep(config().shutdownTimeoutMs, over);
    if (!over.aborted) shutdown.handOver();
  };
  const detach = async (): Promise<void> => {
    log('info', 'stopping: scripts and cleanups are left running');
    await Promise.all(jobs().map((each) => each.detachAll(DETACHED_S)));
    shutdown.handOver();
  };
  // Each may have been said while this process was starting.
  onAbort(shutdown.noMoreJobs, drain);
  onAbort(shutdown.tornDown, () => void tearDown());
  onAbort(shutdown.detached, () => void detach());
}

/** Each job says at once that it goes on, and hears how it stands; connections are made anew. */
function noteWaking({ clock, log }: DaemonOptions, { jobs, entries }: Work, over: AbortSignal): void {
  const wake = async (ms: number): Promise<void> => {
    log('info', `was not running for ${Math.round(ms / 1000)} s, or the clock was set: asks about everything anew`);
    for (const { context } of entries()) context.coordinator.server.transport.dropIdle();
    for (const each of jobs()) each.askAll();
    await clock.sleep(READ_FIRST_MS, over);
    for (const { events } of entries()) events.wake();
  };
  void watchForWaking(clock, over, (ms) => void wake(ms));
}

async function leave({ directory, log, shutdown }: DaemonOptions, guard: Guard | null): Promise<DaemonEnd> {
  const left = listJournals(join(directory, 'jobs')).filter(({ reading }) => reading.kind === 'usable').length;
  const isDetached = shutdown.detached.aborted;
  const isGuarded = guard !== null && left > 0 && !isDetached;
  const who = isGuarded ? 'the guard of this runner' : 'the next runner there';
  if (left > 0)
    log(
      isDetached ? 'info' : 'warn',
      `${countOfJobs(left)} left in ${directory}: ${who} goes on with what is under way`,
    );
  if (!isGuarded) await guard?.dismiss();
  return { left, isDetached };
}

async function drawTokens({ saveToken: save, clock, log, shutdown }: DaemonOptions, loops: EntryLoops): Promise<void> {
  if (save !== undefined) await rotateTokens({ loops, clock, save, log, stop: shutdown.noMoreJobs });
}

function makeJobsDirectory(directory: string): void {
  try {
    makeDirectory(join(directory, 'jobs'), 0o700);
    syncDirectory(directory);
  } catch (error) {
    const why = describeError(error);
    throw new Failure('runner_directory_unusable', `the runner's directory cannot be made: ${why}`, { cause: error });
  }
}

function wordsOfStop(running: number): string {
  return running === 0 ? 'stopping' : `stopping: ${countOfJobs(running)} torn down first, cleanup included`;
}

function wordsOfDrain(running: number): string {
  return running === 0 ? 'stopping' : `stopping: ${countOfJobs(running)} seen to the end first, no more are taken`;
}

function countOfJobs(count: number): string {
  return count === 1 ? '1 job is' : `${count} jobs are`;
}

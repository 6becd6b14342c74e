import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, describeError, errorCode, type FileLock, tryLock } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import { LOCAL_CAUSE_RULES } from '../../protocol/index.ts';
import { JobControl, LOG_FILE, readJournal, runJob } from '../../runner/index.ts';
import { jobPorts, projectDirectory, removeBuild } from '../drive/run-local-job.ts';
import type { RunControl } from '../run-control.ts';
import {
  type EndedJob,
  type Holder,
  jobDirectory,
  type LocalPaths,
  listJobs,
  listRuns,
  markTold,
  type RunDirectory,
  type RunEnding,
  readEnding,
  readHolder,
  wasTold,
  writeEnding,
  writeHolder,
} from '../run-directory.ts';
import type { RunEvent } from '../run-event.ts';

export interface RecoverOptions {
  readonly paths: LocalPaths;
  /** Runs of this checkout; null: of every checkout. */
  readonly checkout: string | null;
  /** Only this run; null: all. */
  readonly runId: number | null;
  readonly by: Holder['role'];
  readonly executor: Executor;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  readonly emit: (event: RunEvent) => void | Promise<void>;
  readonly control: RunControl;
  /** Wait for whoever else is at work on the same obligation, or only say so. */
  readonly wait: boolean;
}

/** What there is to say about runs that died. */
export interface Recovery {
  /** Runs that this call saw to their end, or waited for, or that somebody finished before without anybody being told. */
  readonly recovered: number;
  /** Runs whose obligations are still open; their journals stay for the next try. */
  readonly unfinished: number;
}

/** A guard begins within a second; its cleanup may take this long before whoever waits for it gives up. */
const WAIT_MS = 30 * 60_000;
/** Whoever only looks whether a lock is free holds it for a moment. */
const BRIEF_MS = 1_000;
const LOOK_EVERY_MS = 100;

/**
 * Finishes what runs that died left behind: stops what still runs, runs each cleanup that is owed, keeps log and artifacts. Whoever
 * holds a run's lock works on it; everybody else waits or says so. Safe to call at any time, any number of times.
 */
export async function recoverRuns(options: RecoverOptions): Promise<Recovery> {
  const { paths, checkout, runId } = options;
  const runs = listRuns(paths, checkout).filter((run) => runId === null || run.record.id === runId);
  let recovered = 0;
  let unfinished = 0;
  for (const run of runs) {
    if (readEnding(run) === null) {
      const outcome = await recoverRun(run, options);
      if (outcome === 'unfinished') unfinished += 1;
    }
    if (tellEnding(run, options)) recovered += 1;
  }
  return { recovered, unfinished };
}

/** Tells, once, how a run ended that somebody else than itself had to finish. For a guard nobody is listening. */
export function tellEnding(run: RunDirectory, options: Pick<RecoverOptions, 'by' | 'emit' | 'clock'>): boolean {
  const ending = readEnding(run);
  if (ending === null || wasTold(run) || options.by === 'guard') return false;
  if (ending.jobs.length > 0) {
    const { by, jobs } = ending;
    void options.emit({ type: 'run_recovered', at: options.clock.now(), run: String(run.record.id), by, jobs });
  }
  markTold(run);
  return ending.jobs.length > 0;
}

async function recoverRun(run: RunDirectory, options: RecoverOptions): Promise<'finished' | 'alive' | 'unfinished'> {
  const lock = await takeLock(run, options);
  if (lock === null) return readEnding(run) === null ? 'alive' : 'finished';
  try {
    // Somebody may have finished between our look and our lock.
    if (readEnding(run) !== null) return 'finished';
    return (await takeOver(run, options)) ? 'finished' : 'unfinished';
  } finally {
    lock.release();
  }
}

/** Null: somebody else works on it (a live run, or another recovery that we need not wait for). */
async function takeLock(run: RunDirectory, options: RecoverOptions): Promise<FileLock | null> {
  const { clock, emit, control, by, wait } = options;
  const giveUpAt = clock.now() + (wait ? WAIT_MS : BRIEF_MS);
  for (let told = false; ; ) {
    const lock = await tryLock(join(run.path, 'lock'));
    if (lock !== null) return lock;
    const holder = readHolder(run);
    // A killed run left its name there until whoever holds the lock has written its own. A guard knows that its run is dead.
    const isStale = holder === null || (holder.role === 'run' && (by === 'guard' || !isAlive(holder.pid)));
    const gaveUp = (!isStale && holder.role === 'run') || control.signal !== null || clock.now() >= giveUpAt;
    if (!told && !isStale && (gaveUp || wait)) {
      void emit(message(options, 'info', holderWords(run, holder, wait)));
      told = true;
    }
    if (gaveUp) return null;
    await clock.sleep(LOOK_EVERY_MS, control.gracefulSignal);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function holderWords(run: RunDirectory, { role, pid }: Holder, wait: boolean): string {
  if (role === 'run') return `run ${run.record.id} is still running (pid ${pid})`;
  return `run ${run.record.id} is being cleaned up by ${role} (pid ${pid})${wait ? '; waiting' : ''}`;
}

async function takeOver(run: RunDirectory, options: RecoverOptions): Promise<boolean> {
  writeHolder(run, options.by);
  const ids = listJobs(run);
  const open = ids.filter((id) => (readJournal(jobDirectory(run, id))?.progress.result ?? null) === null);
  if (open.length > 0) {
    const words = `run ${run.record.id} was killed: stopping what it left and running its cleanup (${open.length} jobs)`;
    void options.emit(message(options, 'warning', words));
  }
  const jobs = await Promise.all(ids.map((id) => finishJob(run, id, options)));
  if (jobs.some((job) => job === 'open')) return false;
  const ending: RunEnding = {
    by: options.by,
    at: options.clock.now(),
    jobs: jobs.filter((job) => job !== 'open' && job !== 'never_ran'),
  };
  writeEnding(run, ending);
  if (!run.record.keep) rmSync(run.builds, { recursive: true, force: true });
  return true;
}

async function finishJob(
  run: RunDirectory,
  id: number,
  options: RecoverOptions,
): Promise<EndedJob | 'open' | 'never_ran'> {
  const { clock, emit, control, executor, environment, version, paths } = options;
  const directory = jobDirectory(run, id);
  const known = readJournal(directory);
  if (known === null) return 'never_ran';
  const { name, project_name } = known.payload.job_info;
  const projectDir = projectDirectory(run, id, project_name);
  const job = new JobControl();
  job.interrupt({ cause: 'runner_lost', by: options.by });
  const force = () => job.force({ by: control.forcedBy ?? 'signal', why: 'forced while recovering' });
  if (control.forcedBy !== null) force();
  control.forceSignal.addEventListener('abort', force, { once: true });
  const context = { run, paths, clock, emit, placeSources: async () => {} };
  const ports = jobPorts(context, {
    id,
    name,
    reportOf: () => undefined,
    onPhase: ({ phase, cause, deadline }) => {
      if (phase !== 'teardown') return;
      void emit({ type: 'job_changed', at: clock.now(), job: id, name, status: 'running', phase, cause, deadline });
    },
  });
  try {
    const result = await runJob({
      directory,
      projectDir,
      payload: null,
      executor,
      clock,
      control: job,
      ports,
      causeRules: LOCAL_CAUSE_RULES,
      environment,
      version,
      keep: run.record.keep,
    });
    if (result === null) return 'never_ran';
    if (!run.record.keep) removeBuild(projectDir, ports.onTrouble);
    return { id, name, status: result.status, cleanup: result.cleanup, logFile: join(directory, LOG_FILE) };
  } catch (error) {
    void emit(message(options, 'error', `${name}: cleanup is still owed: ${describeError(error)}`));
    return 'open';
  } finally {
    control.forceSignal.removeEventListener('abort', force);
  }
}

function message(options: Pick<RecoverOptions, 'clock'>, level: 'info' | 'warning' | 'error', text: string): RunEvent {
  return { type: 'message', at: options.clock.now(), level, text };
}

/** Runs that died and whose obligations nobody has taken over yet, for `list`: it says so and touches nothing. */
export async function findAbandonedRuns(paths: LocalPaths, checkout: string): Promise<AbandonedRun[]> {
  const found: AbandonedRun[] = [];
  for (const run of listRuns(paths, checkout)) {
    if (readEnding(run) !== null) continue;
    const lock = await tryLock(join(run.path, 'lock'));
    lock?.release();
    const holder = readHolder(run);
    if (lock === null && holder?.role === 'run') continue;
    const jobs = listJobs(run).flatMap((id) => {
      const known = readJournal(jobDirectory(run, id));
      if (known === null || known.progress.result !== null) return [];
      return [{ id, name: known.payload.job_info.name, owed: known.progress.owed && known.progress.cleanup === null }];
    });
    found.push({ run: run.record.id, beingRecoveredBy: lock === null ? holder : null, jobs });
  }
  return found;
}

export interface AbandonedRun {
  readonly run: number;
  readonly beingRecoveredBy: Holder | null;
  readonly jobs: readonly { readonly id: number; readonly name: string; readonly owed: boolean }[];
}

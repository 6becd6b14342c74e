import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, describeError, type FileLock } from '../base/index.ts';
import type { Executor } from '../executors/index.ts';
import { placeSnapshot, takeSnapshot } from '../git/index.ts';
import type { Plan, PlannedJob, Status } from '../protocol/index.ts';
import type { PipelineFacts } from './drive/build-payload.ts';
import { idsNeeded, PipelineDriver } from './drive/pipeline-driver.ts';
import { ReadyQueue } from './drive/ready-queue.ts';
import { runLocalJob } from './drive/run-local-job.ts';
import { type Guard, startGuard } from './recovery/guard.ts';
import { recoverRuns } from './recovery/recover.ts';
import { FORCED_EXIT_CODE, type RunControl, SIGNAL_EXIT_CODES } from './run-control.ts';
import {
  createRun,
  firstJobId,
  type LocalPaths,
  markTold,
  pruneRuns,
  type RunDirectory,
  writeEnding,
} from './run-directory.ts';
import type { RunEvent, RunFinished } from './run-event.ts';

/** A pipeline that can be run, and how to come by those that its trigger jobs start. */
export interface LocalPipeline {
  readonly plan: Plan;
  readonly facts: PipelineFacts;
  /** null: the child's file has errors, or makes no pipeline; whoever compiled it has said so. */
  readonly compileChild: (job: PlannedJob) => Promise<LocalPipeline | null>;
}

export interface LocalRunOptions {
  /** The checkout's top directory. */
  readonly checkout: string;
  readonly pipeline: LocalPipeline;
  readonly executor: Executor;
  readonly concurrency: number;
  readonly manual: ReadonlySet<string>;
  readonly keep: boolean;
  readonly paths: LocalPaths;
  /** Environment of every step. */
  readonly environment: Readonly<Record<string, string>>;
  /** Command line that recovers a run, its id to be added. */
  readonly recoverCommand: readonly string[];
  readonly version: string;
  readonly clock: Clock;
  /** A promise slows down the log that the event carries to the reader's pace. */
  readonly emit: (event: RunEvent) => void | Promise<void>;
  readonly control: RunControl;
}

/**
 * Runs a pipeline of a checkout on this machine, from the recovery of earlier runs to the exit code.
 * @throws Failure when nothing could be started (state directory, snapshot); nothing is owed then.
 */
export async function runLocal(options: LocalRunOptions): Promise<RunFinished> {
  const { clock, control, paths, checkout } = options;
  const startedAt = clock.now();
  await recoverRuns({ ...options, runId: null, by: 'run', wait: false });
  const { ref, sha } = options.pipeline.facts.git;
  const record = { checkout, startedAt, ref, sha, keep: options.keep };
  const { run, lock } = await createRun(paths, record);
  const guard = startGuard(
    run,
    [...options.recoverCommand, String(run.record.id)],
    (text) => void options.emit({ type: 'message', at: clock.now(), level: 'warning', text }),
  );
  const template = join(run.builds, 'template');
  const submodules = submoduleStrategy(options);
  const trouble = await takeSnapshot(checkout, template, { signal: control.gracefulSignal, submodules }).then(
    () => null,
    (error: unknown) => error,
  );
  const isReady = trouble === null && control.signal === null;
  // An exception in `drive` is a bug. The run then stays on record as not ended, and its guard takes over what it owes.
  const status = isReady ? await drive(options, run, template) : 'canceled';
  await endRun(options, run, lock, guard);
  if (trouble !== null && control.signal === null) throw trouble;
  const at = clock.now();
  const exitCode = exitCodeOf(control, status);
  const finished: RunFinished = {
    type: 'run_finished',
    at,
    run: String(run.record.id),
    status,
    exitCode,
    durationMs: at - startedAt,
  };
  await options.emit(finished);
  return finished;
}

/** One snapshot serves all jobs, so that only the pipeline's own variables count. */
function submoduleStrategy({ pipeline: { plan, facts } }: LocalRunOptions): 'none' | 'normal' | 'recursive' {
  const known = [...plan.variables, ...facts.given].findLast(({ key }) => key === 'GIT_SUBMODULE_STRATEGY')?.value;
  return known === 'normal' || known === 'recursive' ? known : 'none';
}

async function drive(options: LocalRunOptions, run: RunDirectory, template: string): Promise<Status> {
  const { clock, control } = options;
  const context = {
    ...options,
    run,
    async placeSources(projectDir: string, signal: AbortSignal) {
      // What a hook left there goes, as with GitLab's `git clean`.
      rmSync(projectDir, { recursive: true, force: true });
      await placeSnapshot(template, projectDir, signal);
    },
  };
  const queue = new ReadyQueue(options.concurrency);
  let nextJobId = firstJobId(run);
  const makeDriver = ({ plan, facts, compileChild }: LocalPipeline, namePrefix: string): PipelineDriver => {
    const first = nextJobId;
    nextJobId += idsNeeded(plan);
    return new PipelineDriver({
      plan,
      firstJobId: first,
      namePrefix,
      clock,
      queue,
      manual: options.manual,
      emit: (event) => void options.emit(event),
      work: (work) => runLocalJob({ ...context, facts }, work),
      child: async (job) => {
        const pipeline = await compileChild(job);
        return pipeline === null ? null : makeDriver(pipeline, `${namePrefix}${job.name}: `);
      },
    });
  };
  const driver = makeDriver(options.pipeline, '');
  announceStart(options, run, driver);
  const running = driver.run();
  followSignals(options, driver);
  const status = await running;
  for (const text of closingRemarks(options, run, driver)) {
    void options.emit({ type: 'message', at: clock.now(), level: 'info', text });
  }
  return control.signal === null ? status : 'canceled';
}

/** What a person needs to know to go on from here. */
function closingRemarks(options: LocalRunOptions, run: RunDirectory, driver: PipelineDriver): string[] {
  const blocking = driver.jobs().filter(({ state, allowFailure }) => state.status === 'manual' && !allowFailure);
  const flags = blocking.map(({ rules }) => `--manual '${rules.name}'`).join(' ');
  return [
    ...(blocking.length > 0 ? [`waiting for a person to go on: run again with ${flags}`] : []),
    ...(options.keep ? [`job directories are kept in ${run.builds}`] : []),
  ];
}

function followSignals(options: LocalRunOptions, driver: PipelineDriver): void {
  const { control, clock, emit } = options;
  control.gracefulSignal.addEventListener('abort', () => {
    const signal = control.signal ?? 'SIGINT';
    void emit({ type: 'run_interrupted', at: clock.now(), signal, force: false });
    driver.cancel(signal, 'runner_shutdown');
  });
  control.forceSignal.addEventListener('abort', () => {
    const signal = control.forcedBy ?? 'SIGINT';
    void emit({ type: 'run_interrupted', at: clock.now(), signal, force: true });
    driver.forceCancel(signal);
  });
}

function announceStart(options: LocalRunOptions, run: RunDirectory, driver: PipelineDriver): void {
  const { clock, checkout } = options;
  const { plan, facts } = options.pipeline;
  void options.emit({
    type: 'run_started',
    at: clock.now(),
    run: String(run.record.id),
    dir: checkout,
    ref: facts.git.ref,
    sha: facts.git.sha,
    stages: plan.stages,
    jobs: driver.jobs().map((job) => ({
      id: job.id,
      name: job.rules.name,
      stage: plan.stages[job.rules.stageIndex] ?? '',
      status: job.state.status,
    })),
    logs: join(run.path, 'jobs'),
  });
}

/** Nothing is owed any more: the guard may leave, the run is on record as ended, what can be made again is removed. */
async function endRun(options: LocalRunOptions, run: RunDirectory, lock: FileLock, guard: Guard): Promise<void> {
  try {
    writeEnding(run, { by: 'run', at: options.clock.now(), jobs: [] });
    markTold(run);
    if (!run.record.keep) rmSync(run.builds, { recursive: true, force: true });
    pruneRuns(options.paths, options.checkout);
  } catch (error) {
    const text = `could not tidy up after the run: ${describeError(error)}`;
    void options.emit({ type: 'message', at: options.clock.now(), level: 'warning', text });
  } finally {
    await guard.dismiss();
    lock.release();
  }
}

function exitCodeOf(control: RunControl, status: Status): number {
  if (control.forcedBy !== null) return FORCED_EXIT_CODE;
  if (control.signal !== null) return SIGNAL_EXIT_CODES[control.signal];
  return status === 'failed' || status === 'canceled' ? 1 : 0;
}

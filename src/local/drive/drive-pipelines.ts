import { join } from 'node:path';
import { RUN_VARIABLE } from '../../executors/index.ts';
import type { Status } from '../../protocol/index.ts';
import type { LocalPipeline, LocalRunOptions } from '../local-run-options.ts';
import { openResources } from '../resources/open-resources.ts';
import { firstJobId } from '../runs/create-run.ts';
import { buildsOf, type RunDirectory } from '../runs/run-directory.ts';
import { runLocalJob } from './jobs/run-local-job.ts';
import type { Sources } from './jobs/sources.ts';
import { idsNeeded, PipelineDriver } from './pipeline-driver.ts';
import { ReadyQueue } from './ready-queue.ts';

/** Drives the pipeline, and those that its trigger jobs start, until nothing of them can go on by itself. */
export async function drivePipelines(options: LocalRunOptions, run: RunDirectory, sources: Sources): Promise<Status> {
  const { clock, control } = options;
  const context = {
    ...options,
    run,
    environment: { ...options.environment, [RUN_VARIABLE]: String(run.record.id) },
    sources,
  };
  const queue = new ReadyQueue(options.concurrency);
  const resources = openResources(options, run);
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
      resources,
      manual: options.manual,
      emit: (event) => options.emit(event),
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
  await resources.settled();
  for (const text of closingRemarks(options, run, driver)) {
    options.emit({ type: 'message', at: clock.now(), level: 'info', text });
  }
  return control.interruption === null ? status : 'canceled';
}

/** What a person needs to know to go on from here. */
function closingRemarks(options: LocalRunOptions, run: RunDirectory, driver: PipelineDriver): string[] {
  return [...manualRemarks(driver), ...(options.keep ? [`job directories are kept in ${buildsOf(run)}`] : [])];
}

function manualRemarks(driver: PipelineDriver): string[] {
  const flags = (jobs: ReturnType<typeof driver.jobs>) => jobs.map(({ rules }) => `--manual '${rules.name}'`).join(' ');
  const manual = driver.jobs().filter(({ state }) => state.status === 'manual');
  const blocking = manual.filter(({ allowFailure }) => !allowFailure);
  if (blocking.length > 0) return [`waiting for a person to go on: run again with ${flags(blocking)}`];
  const isIdle = driver.jobs().every(({ state }) => state.status === 'manual' || state.status === 'skipped');
  return isIdle && manual.length > 0 ? [`nothing ran: all jobs are manual; run again with ${flags(manual)}`] : [];
}

function followSignals(options: LocalRunOptions, driver: PipelineDriver): void {
  const { control, clock, emit } = options;
  control.interruptSignal.addEventListener('abort', () => {
    const signal = control.interruption?.by ?? 'signal';
    emit({ type: 'run_interrupted', at: clock.now(), signal, force: false });
    driver.cancel(signal, 'runner_shutdown');
  });
  control.forceSignal.addEventListener('abort', () => {
    const signal = control.forced?.by ?? 'signal';
    emit({ type: 'run_interrupted', at: clock.now(), signal, force: true });
    driver.forceCancel(signal);
  });
}

function announceStart(options: LocalRunOptions, run: RunDirectory, driver: PipelineDriver): void {
  const { clock, checkout } = options;
  const { plan, facts } = options.pipeline;
  options.emit({
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

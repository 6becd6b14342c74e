import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, describeError } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import { LOCAL_CAUSE_RULES, type PayloadDependency, type PlannedJob, type PlanVariable } from '../../protocol/index.ts';
import { type JobPorts, LOG_FILE, payloadBudgets, readDotenvReport, runJob } from '../../runner/index.ts';
import { jobDirectory, type LocalPaths, type RunDirectory } from '../run-directory.ts';
import type { RunEvent } from '../run-event.ts';
import { buildPayload, type PipelineFacts } from './build-payload.ts';
import type { JobReport, JobWork } from './job-work.ts';

/** What all jobs of a local run share. */
export interface RunContext {
  readonly run: RunDirectory;
  readonly paths: LocalPaths;
  readonly executor: Executor;
  readonly clock: Clock;
  /** A promise slows a job's log down to the reader's pace. */
  readonly emit: (event: RunEvent) => void | Promise<void>;
  /** Copies the snapshot of the working tree into a fresh project directory. */
  readonly placeSources: (projectDir: string, signal: AbortSignal) => Promise<void>;
  readonly facts: PipelineFacts;
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
}

/** Hands one job to the runner inside this process and sees it to its end. Null: it was taken back before it began. */
export async function runLocalJob(context: RunContext, work: JobWork): Promise<JobReport | null> {
  const { run, executor, clock, environment, version } = context;
  const { id, job, control, retryCount } = work;
  const payload = buildPayload({
    ...context.facts,
    id,
    pipelineId: run.record.id,
    repository: run.record.checkout,
    job: { ...job, cache: job.cache.map((cache) => ({ ...cache, key: cacheKey(cache, context) })) },
    retryCount,
    startedAt: clock.now(),
    dotenv: await dotenvVariables(work),
    dependencies: dependenciesOf(work),
  });
  if ((await work.claim(payloadBudgets(payload))) === 'refused') return null;
  const directory = jobDirectory(run, id);
  const projectDir = projectDirectory(run, id, context.facts.project.name);
  const ports = jobPorts(context, { id, name: work.displayName, reportOf: work.reportOf, onPhase: phasePort(work) });
  const result = await runJob({
    directory,
    projectDir,
    payload,
    executor,
    clock,
    control,
    ports,
    causeRules: LOCAL_CAUSE_RULES,
    environment,
    version,
    keep: run.record.keep,
  });
  if (result === null) throw new Error(`bug: job ${id} was handed out and yet there is nothing to run`);
  if (!run.record.keep) removeBuild(projectDir, ports.onTrouble);
  return { id, result, logFile: join(directory, LOG_FILE) };
}

/** Until the answer is there the runner starts no user command; a refusal takes the job away from it. */
function phasePort({ control, askToStart, onTeardown }: JobWork): JobPorts['onPhase'] {
  return async ({ phase, cause, deadline }) => {
    if (phase === 'teardown' && cause !== null) onTeardown(cause, deadline);
    if (phase !== 'script' || (await askToStart()) === 'accepted') return;
    control.force({
      by: control.interruption?.by ?? 'coordinator',
      why: 'the job was cancelled before its script started',
    });
  };
}

export interface PortFacts {
  readonly id: number;
  readonly name: string;
  readonly reportOf: (name: string) => JobReport | undefined;
  readonly onPhase: JobPorts['onPhase'];
}

/** The runner's view of the world, for a job of a local run; also for one that is taken over from a run that died. */
export function jobPorts(
  context: Pick<RunContext, 'run' | 'paths' | 'clock' | 'emit' | 'placeSources'>,
  job: PortFacts,
): JobPorts {
  const { clock, emit, run, paths } = context;
  const told = new Set<string>();
  return {
    getSources: (projectDir, signal) => context.placeSources(projectDir, signal),
    dependencyArchive: async (dependency) => archiveOf(job.reportOf(dependency.name)),
    artifactsDir: artifactsDirectory(run, job.id),
    cacheDir: join(paths.cache, 'cache', checkoutKey(run.record.checkout)),
    onPhase: (change) => job.onPhase(change),
    onLog: (offset, bytes) => emit({ type: 'job_log', at: clock.now(), job: job.id, name: job.name, offset, bytes }),
    onTrouble(text) {
      // Trouble with a disk comes back at every attempt to write; once is enough.
      if (told.has(text)) return;
      told.add(text);
      void emit({ type: 'message', at: clock.now(), level: 'error', text });
    },
  };
}

/** Checkouts share no cache, whatever their projects are called. */
function checkoutKey(checkout: string): string {
  return createHash('sha256').update(checkout).digest('hex').slice(0, 16);
}

export function artifactsDirectory(run: RunDirectory, job: number): string {
  return join(run.path, 'artifacts', String(job));
}

export function projectDirectory(run: RunDirectory, job: number, projectName: string): string {
  return join(run.builds, String(job), projectName);
}

/** What is left beside the project directory once the executor has removed that. What cannot be removed is told and left. */
export function removeBuild(projectDir: string, onTrouble: (message: string) => void): void {
  try {
    rmSync(dirname(projectDir), { recursive: true, force: true });
  } catch (error) {
    onTrouble(`could not remove ${dirname(projectDir)}: ${describeError(error)}`);
  }
}

function dependenciesOf(work: JobWork): PayloadDependency[] {
  return work.job.dependencies.flatMap((name) => {
    const report = work.reportOf(name);
    const archive = report?.result.artifacts.find((artifact) => artifact.type === 'archive');
    if (report === undefined || archive === undefined) return [];
    const file = { filename: 'artifacts.zip', size: archive.sizeBytes };
    return [{ id: report.id, name, token: '', artifacts_file: file }];
  });
}

function archiveOf(report: JobReport | undefined): string | null {
  return report?.result.artifacts.find((artifact) => artifact.type === 'archive')?.path ?? null;
}

async function dotenvVariables(work: JobWork): Promise<PlanVariable[]> {
  const found: PlanVariable[] = [];
  for (const name of work.job.dependencies) {
    const report = work.reportOf(name)?.result.artifacts.find((artifact) => artifact.type === 'dotenv');
    if (report === undefined) continue;
    const dotenv = await readDotenvReport(report.path, AbortSignal.timeout(10_000));
    if (dotenv.ok) found.push(...dotenv.variables.map((variable) => ({ ...variable, raw: false })));
  }
  return found;
}

/** `cache:key:files`: the content of the files as they are now, since a working tree has changes that no commit has. */
function cacheKey(cache: PlannedJob['cache'][number], context: RunContext): string {
  if (cache.keyFiles.length === 0) return cache.key;
  const hash = createHash('sha1');
  let found = false;
  for (const file of cache.keyFiles) {
    try {
      hash.update(readFileSync(join(context.run.record.checkout, file)));
      found = true;
    } catch {
      // A key file that is not there does not count; with none at all the key is `default`, as in GitLab.
    }
  }
  const digest = found ? hash.digest('hex') : 'default';
  return cache.key === '' ? digest : `${cache.key}-${digest}`;
}

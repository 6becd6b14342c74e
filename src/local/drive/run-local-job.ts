import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import { LOCAL_CAUSE_RULES, type PayloadDependency, type PlannedJob, type PlanVariable } from '../../protocol/index.ts';
import { LOG_FILE, payloadBudgets, readDotenvReport, runJob } from '../../runner/index.ts';
import type { RunEvent } from '../run-event.ts';
import { jobDirectory, leftWords, projectDirectory, type RunDirectory, removeBuilds } from '../runs/run-directory.ts';
import { buildPayload, type PipelineFacts } from './build-payload.ts';
import { jobPorts } from './job-ports.ts';
import type { JobReport, JobWork } from './job-work.ts';

/** What all jobs of a local run share. */
export interface RunContext {
  readonly run: RunDirectory;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly emit: (event: RunEvent) => void;
  /** Copies the snapshot of the working tree into a fresh project directory. */
  readonly placeSources: (projectDir: string, signal: AbortSignal) => Promise<void>;
  readonly facts: PipelineFacts;
  readonly environment: Readonly<Record<string, string>>;
  /** null: the executor chose one. */
  readonly shell: string | null;
  readonly version: string;
}

/** Hands one job to the runner inside this process and sees it to its end. Null: it was taken back before it began. */
export async function runLocalJob(context: RunContext, work: JobWork): Promise<JobReport | null> {
  const { run, executor, clock, environment, shell, version } = context;
  const { id, job, control, retryCount } = work;
  const built = buildPayload({
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
  const payload = { ...built, cleanup_key: randomUUID() };
  if ((await work.claim(payloadBudgets(payload))) === 'refused') return null;
  const directory = jobDirectory(run, id);
  const projectDir = projectDirectory(run, id, context.facts.project.name);
  const ports = jobPorts(context, {
    id,
    name: work.displayName,
    archiveOf: (name) => archiveOf(work.reportOf(name)),
    askToStart: () => work.askToStart(),
    phase: ({ phase, cause, deadline }) => {
      if (phase === 'teardown' && cause !== null) work.onTeardown(cause, deadline);
    },
  });
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
    shell,
    version,
    keep: run.record.keep,
  });
  if (result === null) throw new Error(`bug: job ${id} was handed out and yet there is nothing to run`);
  const left = run.record.keep ? null : leftWords(await removeBuilds(run, id));
  if (left !== null) ports.trouble(left);
  return { id, result, logFile: join(directory, LOG_FILE) };
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

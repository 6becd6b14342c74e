import { join } from 'node:path';
import type { Clock } from '../../../base/index.ts';
import type { PayloadFacts } from '../../../payload/index.ts';
import { payloadSettings } from '../../../protocol/index.ts';
import { LOG_FILE, runJob } from '../../../runner/index.ts';
import type { LocalRunOptions } from '../../local-run-options.ts';
import type { RunEvent } from '../../run-event.ts';
import { jobDirectory, projectDirectory, type RunDirectory, removeBuilds } from '../../runs/run-directory.ts';
import { jobPorts } from './job-ports.ts';
import type { JobReport, JobWork } from './job-work.ts';
import { localPayload } from './local-payload.ts';
import type { Sources } from './sources.ts';

/** What all jobs of a local run share. */
export interface RunContext {
  readonly run: RunDirectory;
  readonly executorFor: LocalRunOptions['executorFor'];
  readonly settingsFor: LocalRunOptions['settingsFor'];
  readonly clock: Clock;
  readonly emit: (event: RunEvent) => void;
  readonly sources: Sources;
  readonly facts: PayloadFacts;
  readonly environment: Readonly<Record<string, string>>;
  /** null: the executor chose one. */
  readonly shell: string | null;
  readonly version: string;
}

/** Hands one job to the runner inside this process and sees it to its end. Null: it was taken back before it began. */
export async function runLocalJob(context: RunContext, work: JobWork): Promise<JobReport | null> {
  const { run, clock, environment, shell, version } = context;
  const { id, control } = work;
  const payload = await localPayload(context, work);
  const settings = context.settingsFor(work.job);
  const executor = context.executorFor({ shell, environment, settings });
  const { budgets, sources } = payloadSettings(payload);
  if ((await work.claim(budgets)) === 'refused') return null;
  const directory = jobDirectory(run, id);
  const projectDir = projectDirectory(run, id, context.facts.project.name);
  const ports = jobPorts(context, {
    id,
    name: work.displayName,
    archiveOf: (name) => archiveOf(work.reportOf(name)),
    getSources: (place, signal) => context.sources.place(place, sources, signal),
    askToStart: () => work.askToStart(),
    phase: ({ phase, cause, deadline }) => {
      if (phase === 'teardown' && cause !== null) work.onTeardown(cause, deadline);
    },
    extended: (extension) => work.onExtended(extension),
  });
  const result = await runJob({
    directory,
    projectDir,
    payload,
    executor,
    clock,
    control,
    ports,
    environment,
    shell,
    settings,
    version,
    keep: run.record.keep,
  });
  if (result === null) throw new Error(`bug: job ${id} was handed out and yet there is nothing to run`);
  // The end of the run names what is left.
  if (!run.record.keep) await removeBuilds(run, id);
  return { id, result, logFile: join(directory, LOG_FILE) };
}

function archiveOf(report: JobReport | undefined): string | null {
  return report?.result.artifacts.find((artifact) => artifact.type === 'archive')?.path ?? null;
}

import { dirname } from 'node:path';
import { describeError, Failure } from '../base/index.ts';
import { type JobSpec, makeCookie, type Place } from '../executors/index.ts';
import { type HookName, type JobPayload, type JobSettings, readJobSettings } from '../protocol/index.ts';
import type { JobOptions } from './job-options.ts';
import { type CleanupVariables, type JobRun, type StepScripts, say } from './job-run.ts';
import type { JobRecord } from './journal/job-record.ts';
import { createJournal, type Journal, reopenJournal } from './journal/journal.ts';
import type { JobResult } from './journal/move.ts';
import { JobLog } from './log/job-log.ts';
import { createLogFilter, DEFAULT_TOKEN_PREFIXES } from './log/log-filter.ts';
import { infoLine, warningLine } from './log/sections.ts';
import { type JobVariables, jobVariables, type Surroundings } from './script/job-variables.ts';
import { buildStepScript } from './script/step-script.ts';

/**
 * Everything that must be there before the first stage: journal, place, log, scripts. A result instead of a run: there is nothing
 * (more) to do for this job. Null: nothing to take over.
 * @throws Failure when the place of a job that may owe a cleanup cannot be had now; its journal stays for the next try.
 */
export async function openJob(options: JobOptions): Promise<JobRun | JobResult | null> {
  const accepted = acceptJob(options);
  if (accepted === null || 'status' in accepted) return accepted;
  const { journal, record } = accepted;
  const { payload } = record;
  if (journal.progress.result !== null) {
    journal.close();
    return journal.progress.result;
  }
  const surroundings = surroundingsOf(options);
  const variables = jobVariables(payload, surroundings);
  const settings = readJobSettings((key) => variables.get(key), payload.runner_info.timeout);
  let place: Place;
  let log: JobLog;
  try {
    log = openLog(options, payload, variables, settings.logLimitBytes);
    if (log.sizeBytes === 0) log.write(openingLines(options, payload, [...variables.warnings, ...settings.warnings]));
    const { control } = options;
    // Where a cleanup may be owed, the place is needed whatever was said.
    const signal = journal.progress.owed ? control.forceSignal : control.interruptSignal;
    place = await options.executor.prepare(jobSpec(options, record, variables), signal);
  } catch (error) {
    return abandon(options, journal, error);
  }
  const { clock, control, ports, causeRules } = options;
  const { budgets, attempts } = settings;
  const withMore = (more: CleanupVariables) => jobVariables(payload, surroundings, more);
  const scripts = stepScripts({ payload, place, settings, variables, withMore });
  const run: JobRun = {
    payload,
    journal,
    log,
    place,
    control,
    clock,
    budgets,
    attempts,
    causeRules,
    ports,
    scripts,
    variables,
  };
  if (log.lostBytes > 0) say(run, warningLine(`the machine stopped: ${log.lostBytes} bytes of this log were lost`));
  ports.phase({ phase: 'preparing', cause: null, deadline: null });
  return run;
}

function acceptJob(options: JobOptions): { journal: Journal; record: JobRecord } | JobResult | null {
  const { directory, payload, environment, shell, clock } = options;
  const now = () => clock.now();
  if (payload === null) return reopenJournal({ directory, now });
  try {
    const record: JobRecord = { payload, cookie: makeCookie(), environment, shell };
    return { journal: createJournal({ directory, now }, record), record };
  } catch (error) {
    return neverRan(options, error);
  }
}

/** A place that cannot be had fails a job that owes nothing yet; a job that may owe a cleanup waits for a better moment. */
function abandon(options: JobOptions, journal: Journal, error: unknown): JobResult {
  const { owed } = journal.progress;
  if (owed) {
    journal.close();
    throw error;
  }
  const result = neverRan(options, error);
  try {
    journal.append({ move: 'finished', result });
  } finally {
    journal.close();
  }
  return result;
}

function neverRan(options: JobOptions, error: unknown): JobResult {
  if (!(error instanceof Failure)) throw error;
  options.ports.trouble(describeError(error));
  return {
    status: 'failed',
    cause: 'failed',
    failureReason: 'runner_system_failure',
    exitCode: null,
    cleanup: { outcome: 'not_owed', attempt: 0 },
    artifacts: [],
  };
}

function jobSpec(options: JobOptions, record: JobRecord, variables: JobVariables): JobSpec {
  const { payload, cookie, environment } = record;
  return {
    stepsDir: `${options.directory}/steps`,
    projectDir: options.projectDir,
    cookie,
    environment,
    image: payload.image,
    services: payload.services,
    variables: Object.fromEntries(variables.exports.map(({ key, value }) => [key, value])),
    preStopHandler: payload.hooks.find(({ name }) => name === 'pre_stop_k8s_container_handler')?.handler ?? null,
  };
}

function openLog(options: JobOptions, payload: JobPayload, variables: JobVariables, limitBytes: number): JobLog {
  const filter = createLogFilter({
    maskedValues: variables.maskedValues,
    tokenPrefixes: [...DEFAULT_TOKEN_PREFIXES, ...payload.features.token_mask_prefixes],
  });
  return new JobLog({ directory: options.directory, filter, limitBytes, onGrowth: options.ports.logGrew });
}

function surroundingsOf(options: JobOptions): Surroundings {
  return {
    projectDir: options.projectDir,
    buildsDir: dirname(options.projectDir),
    disposable: false,
    runnerVersion: options.version,
    runnerRevision: '',
    architecture: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    concurrentId: 0,
    concurrentProjectId: 0,
    shortToken: '',
  };
}

function openingLines(options: JobOptions, payload: JobPayload, warnings: readonly string[]): string {
  const hello = infoLine(`Running with epilogue ${options.version} on the ${options.executor.name} executor`);
  const handler = payload.hooks.some((hook) => hook.handler !== undefined);
  const ignored = handler && options.executor.name !== 'kubernetes';
  const notes = ignored
    ? [`the ${options.executor.name} executor ignores pre_stop_k8s_container_handler`, ...warnings]
    : warnings;
  return hello + notes.map(warningLine).join('');
}

interface ScriptFacts {
  readonly payload: JobPayload;
  readonly place: Place;
  readonly settings: JobSettings;
  readonly variables: JobVariables;
  readonly withMore: (more: CleanupVariables) => JobVariables;
}

function stepScripts({ payload, place, settings, variables, withMore }: ScriptFacts): StepScripts {
  const script = (lines: readonly string[], directory: string, known = variables, isCleanup = false) =>
    buildStepScript({
      isCleanup,
      shell: place.shell,
      exports: known.exports,
      files: known.files,
      temporaryDir: place.temporaryDir,
      directory,
      lines,
      debugTrace: settings.debugTrace,
    });
  const hook = (name: HookName, directory: string) => {
    const lines = payload.hooks.find((candidate) => candidate.name === name)?.script ?? [];
    return lines.length === 0 ? null : script(lines, directory);
  };
  const afterScript = payload.steps.find((step) => step.name === 'after_script')?.script ?? [];
  return {
    userSteps: payload.steps
      .filter((step) => step.name !== 'after_script' && step.script.length > 0)
      .map((step) => ({
        id: `step_${step.name}`,
        title: `Executing "step_${step.name}" stage of the job script`,
        script: script(step.script, place.projectDir),
      })),
    // Beside the project directory, which the sources will fill from scratch.
    preGetSources: hook('pre_get_sources_script', dirname(place.projectDir)),
    postGetSources: hook('post_get_sources_script', place.projectDir),
    afterScript:
      afterScript.length === 0 ? null : (more) => script(afterScript, place.projectDir, withMore(more), true),
    ignoreCleanupErrors: settings.ignoreAfterScriptErrors,
  };
}

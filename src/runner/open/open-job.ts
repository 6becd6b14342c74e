import type { Place } from '../../executors/index.ts';
import { type JobPayload, type JobSettings, readJobSettings } from '../../protocol/index.ts';
import type { JobOptions } from '../job-options.ts';
import type { JobRun } from '../job-run.ts';
import type { JobRecord } from '../journal/job-record.ts';
import type { JobResult } from '../journal/move.ts';
import type { JobLog } from '../log/job-log.ts';
import { warningLine } from '../log/sections.ts';
import { say } from '../log/tell.ts';
import { type JobVariables, jobVariables } from '../script/job-variables.ts';
import { acceptedOf, watchTimeout } from '../stages/watch-timeout.ts';
import { forgetSecrets } from '../teardown/forget-secrets.ts';
import { abandon, acceptJob } from './accept-job.ts';
import { type FeatureFlags, featureFlags } from './feature-flags.ts';
import { createDescriptors } from './hold-descriptors.ts';
import { jobSpec, surroundingsOf } from './job-spec.ts';
import { openingLines, openLog } from './open-log.ts';
import { Preparation } from './preparation.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { type CleanupVariables, stepScripts } from './step-scripts.ts';
import { leftOutOf } from './unsupported.ts';

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
    forgetSecrets(options.directory, options.ports.trouble);
    return journal.progress.result;
  }
  const facts = readFacts(options, record);
  const { variables, settings } = facts;
  let place: Place;
  let log: JobLog | null = null;
  let preparation: Preparation | null = null;
  // A job that waits for its place uses up its time, too.
  const begun = acceptedOf({ journal, clock: options.clock });
  const timeout = journal.progress.owed ? null : watchTimeout(options, begun, settings.budgets.jobMs);
  try {
    log = openLog(options, facts);
    if (log.sizeBytes === 0)
      log.write(openingLines(options, payload, [...leftOutOf(payload), ...variables.warnings, ...settings.warnings]));
    preparation = new Preparation(log, options);
    const spec = jobSpec(options, record, variables);
    place = await options.executor.prepare(spec, signalFor(options, journal.progress.owed), preparation.say);
    preparation.end();
  } catch (error) {
    if (preparation === null) log?.close();
    preparation?.fail(error);
    return abandon(options, journal, error);
  } finally {
    timeout?.callOff();
  }
  const { clock, control, ports } = options;
  const { budgets, attempts, cleanupRetries } = settings;
  const run: JobRun = {
    payload,
    isTakenOver: options.payload === null,
    mayHaveLost: options.payload === null && options.isSameBoot !== true,
    journal,
    log,
    place,
    control,
    clock,
    budgets,
    attempts,
    flags: facts.flags,
    cleanupRetries,
    extensionLimitMs: record.settings.extensionLimitMs,
    ports: { ...ports, trouble: (message) => ports.trouble(log.masked(message)) },
    scripts: stepScripts({ ...facts, place }),
    variables,
    descriptors: createDescriptors(),
  };
  tellOfLog(run);
  ports.phase({ phase: 'preparing', cause: null, deadline: null });
  return run;
}

/** Where a cleanup may be owed, or another runner may have left something, the place is needed whatever was said. */
function signalFor({ control, payload }: JobOptions, isOwed: boolean): AbortSignal {
  return isOwed || payload === null ? control.forceSignal : control.interruptSignal;
}

function tellOfLog(run: JobRun): void {
  const { mayRepeat, lostBytes } = run.log;
  if (mayRepeat) say(run, warningLine('log.position is damaged: what stands above may come once more'));
  if (lostBytes > 0) say(run, warningLine(`the machine stopped: ${lostBytes} bytes of this log were lost`));
}

/** What a job's payload and the owner of its runner say of it together. */
interface JobFacts {
  readonly payload: JobPayload;
  readonly owner: RunnerSettings;
  readonly flags: FeatureFlags;
  readonly variables: JobVariables;
  readonly withMore: (more: CleanupVariables) => JobVariables;
  readonly settings: JobSettings;
  /** Of what its steps print. */
  readonly limitBytes: number;
}

function readFacts(options: JobOptions, { payload, settings: owner }: JobRecord): JobFacts {
  const flags = featureFlags(owner, payload.variables);
  const surroundings = surroundingsOf(options, owner, flags);
  const withMore = (more: CleanupVariables) => jobVariables(payload, surroundings, more);
  const variables = withMore({});
  const settings = readJobSettings((key) => variables.get(key), payload.runner_info.timeout);
  const limitBytes = settings.logLimitBytes ?? owner.outputLimitBytes;
  return { payload, owner, flags, variables, withMore, settings: ownersWill(owner, settings), limitBytes };
}

/** `debug_trace_disabled`: a trace shows what is masked nowhere. */
function ownersWill({ debugTraceDisabled }: RunnerSettings, settings: JobSettings): JobSettings {
  if (!debugTraceDisabled || !settings.debugTrace) return settings;
  const warning = 'CI_DEBUG_TRACE has no effect: the owner of this runner has turned it off (debug_trace_disabled)';
  return { ...settings, debugTrace: false, warnings: [...settings.warnings, warning] };
}

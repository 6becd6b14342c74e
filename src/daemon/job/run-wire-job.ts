import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, describeError, makeDirectory, removeTree } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import type { Cleanup, JobPayload } from '../../protocol/index.ts';
import {
  Control,
  type JobRecord,
  type JobResult,
  LOG_FILE,
  type RunnerSettings,
  runJob,
  takeOverJob,
} from '../../runner/index.ts';
import type { Build } from '../builds/build.ts';
import type { BuildSettings, Builds } from '../builds/builds.ts';
import type { JobHome } from '../job-homes.ts';
import type { JobsInHand } from '../jobs-in-hand.ts';
import { obey } from '../obey.ts';
import { type JobFigures, watchPorts } from '../watch/job-figures.ts';
import type { LogFacts } from '../watch/runner-log.ts';
import type { EntryMetrics } from '../watch/runner-metrics.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import { UNSAID } from '../wire/stop-order.ts';
import { startPatience } from './patience.ts';
import { reportResult } from './report-job.ts';
import { type LogShipment, shipLog } from './ship-log.ts';
import { wirePorts } from './wire-ports.ts';

/** What all jobs of a runner share. */
export interface JobContext {
  readonly coordinator: Coordinator;
  readonly jobs: JobsInHand;
  readonly metrics: EntryMetrics;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Environment that every step starts with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  /** Absolute; one folder a project. */
  readonly cacheDir: string;
  readonly builds: Builds;
  readonly buildSettings: BuildSettings;
  readonly settings: RunnerSettings;
  readonly warn: (text: string, facts?: LogFacts) => void;
  readonly inform: (text: string, facts?: LogFacts) => void;
  /** How the cleanup of a job has ended, as soon as that is known. */
  readonly cleaned: (job: number, cleanup: Cleanup) => void;
  /** The runner is to end: whoever waits for the coordinator does not wait long any more. */
  readonly stop: AbortSignal;
}

/** Sees one job from its payload to the moment when the coordinator has heard how it ended. */
export async function runWireJob(
  context: JobContext,
  payload: JobPayload,
  home: JobHome,
  control: Control,
): Promise<void> {
  makeDirectory(home.directory, 0o700);
  const { executor, environment, clock, version } = context;
  const seen = context.metrics.begin(payload, 'taken');
  await seeThrough(context, payload, { home, control, seen }, ({ ports, build }) =>
    runJob({
      directory: home.directory,
      projectDir: build.projectDir,
      surroundings: build,
      payload,
      executor,
      clock,
      control,
      ports,
      environment,
      shell: null,
      // GitLab's page takes the times of lines off; ours has none there.
      settings: { ...context.settings, timestamps: context.coordinator.hasAdditions() === false },
      secrets: [context.buildSettings.token],
      version,
      keep: false,
    }),
  );
}

/** Goes on with a job whose runner died: runs the cleanup that is owed, and tells the coordinator, if that still wants to know. */
export async function finishWireJob(context: JobContext, record: JobRecord, home: JobHome): Promise<void> {
  const { executor, clock, version } = context;
  const control = new Control();
  const seen = context.metrics.begin(record.payload, 'taken_up');
  await seeThrough(context, record.payload, { home, control: new Control(), seen }, ({ ports, build }) =>
    takeOverJob(
      {
        directory: home.directory,
        projectDir: build.projectDir,
        surroundings: build,
        record,
        secrets: [context.buildSettings.token],
        executorFor: () => executor,
        clock,
        // A coordinator that has given the job away does not end the cleanup that this machine owes.
        control,
        ports,
        version,
        keep: false,
      },
      'runner restart',
    ),
  );
}

interface InHand {
  readonly home: JobHome;
  readonly control: Control;
  readonly seen: JobFigures;
}

interface Means {
  readonly ports: ReturnType<typeof wirePorts>;
  readonly build: Build;
}

async function seeThrough(
  runner: JobContext,
  payload: JobPayload,
  { home, home: { directory }, control, seen }: InHand,
  run: (means: Means) => Promise<JobResult | null>,
): Promise<void> {
  const context = aboutJob(runner, payload);
  const { coordinator, jobs, clock, warn, builds } = context;
  const logFile = join(directory, LOG_FILE);
  const ship = () =>
    shipLog({
      coordinator,
      job: payload,
      file: logFile,
      clock,
      warn,
      isHeard: () => jobs.isHeard,
      onVerdict: (verdict) => obey(verdict, control),
    });
  const log = ship();
  seen.waitingBytes = () => log.waitingBytes;
  const takeOut = jobs.add(payload, { control, ask: () => log.ask() });
  const build = await builds.take(directory, payload, context.buildSettings);
  const ports = wirePorts({
    ...context,
    cacheDir: join(context.cacheDir, String(payload.job_info.project_id)),
    payload,
    directory,
    control,
    log,
    build,
  });
  let result: JobResult | null;
  try {
    result = await run({ ports: watchPorts(ports, seen), build });
    builds.release(directory);
  } catch (error) {
    // It stays in the journal for the next start; the coordinator hears no more of it, and hands its cleanup on.
    warn(`job ${payload.id} cannot be finished now: ${describeError(error)}`);
    await log.finish(AbortSignal.abort());
    seen.end(null);
    return;
  } finally {
    takeOut();
  }
  if (result !== null) context.cleaned(payload.id, result.cleanup);
  seen.reports();
  const answer = await tellEnd(context, payload, { result, logFile, log, ship });
  seen.end(result);
  const what = result === null ? 'nothing' : `its result (${outcomeOf(result)})`;
  if (answer === 'unheard' && context.stop.aborted) {
    // In the journal it is found again.
    return warn(`job ${payload.id}: ${what} waits for the next start of this runner`);
  }
  // Of a job that somebody has forced, nothing is wanted any more.
  const isForced = control.forced !== null && control.forced.by !== UNSAID;
  if (answer !== 'heard' && !isForced) warn(`job ${payload.id}: the coordinator did not take ${what}`);
  if (answer === 'heard' && result !== null) context.inform(`job ${payload.id}: ${outcomeOf(result)}`);
  await removeHome(home, warn);
}

/** Says of each line whose it is. */
function aboutJob(context: JobContext, { id, job_info: { project_full_path: project } }: JobPayload): JobContext {
  const facts = { job: id, project };
  return {
    ...context,
    warn: (text) => context.warn(text, facts),
    inform: (text) => context.inform(text, facts),
  };
}

function outcomeOf({ status, cleanup }: JobResult): string {
  return cleanup.outcome === 'not_owed' ? status : `${status}, cleanup ${cleanup.outcome}`;
}

interface Ended {
  /** Null: the job was never accepted, so there is nothing to tell. */
  readonly result: JobResult | null;
  readonly logFile: string;
  readonly log: LogShipment;
  /** Another shipment of that log, from its first byte. */
  readonly ship: () => LogShipment;
}

async function tellEnd(
  { coordinator, clock, warn, stop }: JobContext,
  payload: JobPayload,
  { result, logFile, log, ship }: Ended,
): ReturnType<typeof reportResult> {
  const { over, end } = startPatience(clock, stop);
  try {
    await log.finish(over);
    if (result === null) return 'heard';
    const sendLogAgain = async (): Promise<void> => {
      const again = ship();
      again.grew(statSync(logFile).size);
      await again.finish(over);
    };
    return await reportResult({ coordinator, clock, warn }, payload, { result, logFile, sendLogAgain }, over);
  } finally {
    end();
  }
}

async function removeHome({ directory }: JobHome, warn: (text: string) => void): Promise<void> {
  const left = await removeTree(dirname(directory), [basename(directory)]);
  if (left.length > 0) warn(`could not be removed: ${left.join(', ')}`);
}

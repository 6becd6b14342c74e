import { basename, dirname, join } from 'node:path';
import { describeError } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { type Control, findJournal, type JobPorts, type JobResult, LOG_FILE } from '../../runner/index.ts';
import type { Build } from '../builds/build.ts';
import type { JobHome } from '../job-homes.ts';
import { openSentOffset, type SentOffset } from '../journal/sent-offset.ts';
import { isAcknowledged, noteAcknowledged } from '../journal/wire-record.ts';
import { obey } from '../obey.ts';
import { type JobFigures, watchPorts } from '../watch/job-figures.ts';
import type { LogFacts } from '../watch/runner-log.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import { isTraced } from '../wire/payload/is-traced.ts';
import type { StopOrder } from '../wire/stop-order.ts';
import { createAcceptance } from './acceptance.ts';
import { outputOf } from './end/report-job.ts';
import { tellEnd } from './end/tell-end.ts';
import type { JobContext } from './job-context.ts';
import { paceOf } from './pace.ts';
import { type JobState, Pulse } from './pulse.ts';
import { type LogShipment, shipLog } from './ship-log.ts';
import { wirePorts } from './wire-ports.ts';

export interface InHand {
  readonly payload: JobPayload;
  readonly home: JobHome;
  readonly control: Control;
  readonly seen: JobFigures;
  /** How an earlier process has left it, to be told before all else; null: this process began it. */
  readonly left: JobState | null;
  /** It has come to its end already, and only is to be told. */
  readonly ended: JobResult | null;
  /** It has come to its end here: nothing of it runs any more. */
  readonly onFinished: () => void;
}

export interface Means {
  readonly ports: JobPorts;
  readonly projectDir: string;
  readonly surroundings: Build;
}

/** Between two tries to go on with a job that is on the books: what stands in the way (a full disk, say) may pass. */
const TRY_AGAIN_MS = 30_000;

/**
 * Sees one job from where it stands to the moment when its server has heard how it ended. `run`: what it does, told what it has for that; called again where that failed and
 * left something on the books.
 * @throws what `run` throws and nothing is left to be done for: from then on nobody speaks for the job, and its server takes it for lost
 */
export async function seeThrough(
  runner: JobContext,
  job: InHand,
  run: (means: Means) => Promise<JobResult | null>,
): Promise<void> {
  const context = aboutJob(runner, job.payload);
  const { payload, home, control, seen, onFinished } = job;
  const sent = openSentOffset(home.directory);
  const { pulse, log, ship } = openWire(context, job, sent);
  const takeOut = context.jobs.add(payload, {
    control,
    ask() {
      log.ask();
      pulse.ask();
    },
    detach: (detached) => pulse.end({ detached }),
  });
  if (job.left !== null) {
    pulse.tell(job.left);
    pulse.ask();
  }
  seen.waitingBytes = () => log.waitingBytes;
  let result: JobResult | null = job.ended;
  try {
    result ??= await live(context, job, { log, pulse }, run);
  } catch (error) {
    await Promise.all([log.finish(AbortSignal.abort()), pulse.end()]);
    seen.end(null);
    sent.close();
    throw error;
  } finally {
    takeOut();
    onFinished();
  }
  if (result !== null && job.ended === null) context.cleaned(payload.id, result.cleanup);
  seen.reports();
  const shipAgain = () => ship({ initial: 0, note: sent.note });
  await tellEnd(context, { payload, home, result, log, pulse, shipAgain, isForced: control.forced !== null });
  seen.end(result);
  sent.close();
}

async function live(
  context: JobContext,
  job: InHand,
  wire: Pick<Wire, 'log' | 'pulse'>,
  run: (means: Means) => Promise<JobResult | null>,
): Promise<JobResult | null> {
  const { payload, home, control, seen } = job;
  const { directory } = home;
  const build = await context.builds.take(directory, payload, context.buildSettings);
  const acceptance = createAcceptance({
    ...context,
    payload,
    control,
    // What an earlier process had to drop, it was not given.
    isAcknowledged: job.left !== null || isAcknowledged(directory),
    onAcknowledged: () => noteAcknowledged(directory),
  });
  const cacheDir = join(context.cacheDir, String(payload.job_info.project_id));
  const ports = watchPorts(
    wirePorts({ ...context, ...wire, acceptance, cacheDir, payload, directory, control, build }),
    seen,
  );
  const means = { ports, projectDir: build.projectDir, surroundings: build };
  const result = await persist(context, job, () => run(means));
  context.builds.release(directory);
  return acceptance.isRefused ? null : result;
}

interface Wire {
  readonly pulse: Pulse;
  readonly log: LogShipment;
  readonly ship: (from: Pick<SentOffset, 'initial' | 'note'>) => LogShipment;
}

function openWire(context: JobContext, { payload: job, home, control }: InHand, sent: SentOffset): Wire {
  const { coordinator, jobs, clock, warn } = context;
  const file = join(home.directory, LOG_FILE);
  const common = { coordinator, job, clock, warn };
  const silenceMs = (): number => paceOf(coordinator.hasAdditions()).silenceMs(log.intervalMs, jobs.isHeard);
  const heed = (verdict: JobVerdict): void => {
    if (verdict.kind === 'gone' && control.interruption === null) warn(`job ${job.id}: ${wordsOfLoss(verdict.order)}`);
    obey(verdict, control);
  };
  const onVerdict = (verdict: JobVerdict): void => {
    pulse.answered();
    heed(verdict);
  };
  const traced = { id: job.id, token: job.token, isTraced: isTraced(job, context.settings) };
  const ship: Wire['ship'] = (from) => shipLog({ ...common, job: traced, file, sent: from, onVerdict });
  const log = ship(sent);
  const pulse = new Pulse({
    ...common,
    silenceMs,
    outputOf: () => outputOf(file),
    onVerdict: heed,
  });
  return { pulse, log, ship };
}

/** Nobody else may ever hear of it. */
function wordsOfLoss({ cause, by, isForced }: StopOrder): string {
  const owed = isForced ? 'its cleanup is skipped' : 'a cleanup that it owes runs here all the same';
  return `the server wants no more of it (${cause}, by ${by}): its script is stopped, and ${owed}`;
}

/** What cannot be finished now stays on the books, and is tried again; its server goes on hearing of it. */
async function persist(
  { clock, warn }: JobContext,
  { payload: { id }, left, home }: InHand,
  run: () => Promise<JobResult | null>,
): Promise<JobResult | null> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await run();
    } catch (error) {
      if (left === null && !isOwed(home)) throw error;
      if (!isTold) warn(`job ${id} cannot be finished now, and is tried again: ${describeError(error)}`);
      await clock.sleep(TRY_AGAIN_MS);
    }
  }
}

function isOwed({ directory }: JobHome): boolean {
  const { reading } = findJournal(dirname(directory), Number(basename(directory)));
  return reading.kind === 'usable' && reading.progress.owed && reading.progress.result === null;
}

/** What is said of it names it. */
function aboutJob(context: JobContext, { id, job_info: { project_full_path: project } }: JobPayload): JobContext {
  const add = (say: JobContext['warn']) => (text: string, facts?: LogFacts) =>
    say(text, { job: id, project, ...facts });
  return { ...context, warn: add(context.warn), inform: add(context.inform) };
}

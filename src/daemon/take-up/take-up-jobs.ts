import { join } from 'node:path';
import { bootId, describeError } from '../../base/index.ts';
import { type FoundJournal, listJournals } from '../../runner/index.ts';
import type { JobContext } from '../job/job-context.ts';
import { goOnWithWireJob, type LeftJob } from '../job/run-wire-job.ts';
import { closeHome, type JobHome, type JobHomes } from '../job-homes.ts';
import {
  isAcknowledged,
  isCountedLost,
  noteCountedLost,
  readWireRecord,
  type WireRecord,
} from '../journal/wire-record.ts';
import type { RunnerLog } from '../watch/runner-log.ts';
import type { RunnerMetrics } from '../watch/runner-metrics.ts';

export interface TakeUpOptions {
  /** The runner's. */
  readonly directory: string;
  readonly homes: JobHomes;
  /** A place for a job that is here already, whatever the limits say. @returns how to give it back; may be called twice */
  readonly claim: (wire: WireRecord | null) => () => void;
  /** Whose job it is, as its journal says. */
  readonly contextFor: (wire: WireRecord | null) => JobContext;
  readonly log: RunnerLog;
  readonly metrics: RunnerMetrics;
}

/** Jobs of one entry that have ended and only are to be told, at the same time: after a long outage there may be thousands. */
const MOST_TELLING = 16;

/**
 * Goes on with every job that an earlier process has left, all at once; each that runs has its place before this returns. Resolves when none of them is
 * left, and never rejects: no job keeps another from its cleanup.
 */
export function takeUpJobs(options: TakeUpOptions): Promise<void> {
  const { directory, homes, log } = options;
  const found = listJournals(join(directory, 'jobs'));
  const running = found.filter(({ reading }) => reading.kind !== 'usable' || reading.progress.result === null);
  const ended = found.filter((journal) => !running.includes(journal));
  if (running.length > 0) log('info', `goes on with what an earlier process has left: ${countOf(running.length)}`);
  const tidied = tidy(homes, log);
  const all = running.map((journal) => takeUp(options, journal));
  // Those of a server that is away, for days perhaps, keep nobody else's.
  const byEntry = Map.groupBy(ended, ({ directory: home }) => readWireRecord(home)?.entry.key);
  const telling = [...byEntry.values()].map((journals) => tellEnded(options, journals));
  return Promise.all([tidied, ...all, ...telling]).then(() => {});
}

async function tellEnded(options: TakeUpOptions, journals: FoundJournal[]): Promise<void> {
  const telling = Array.from({ length: MOST_TELLING }, async () => {
    for (let next = journals.shift(); next !== undefined; next = journals.shift()) await takeUp(options, next);
  });
  await Promise.all(telling);
}

async function takeUp(options: TakeUpOptions, { id, directory, reading }: FoundJournal): Promise<void> {
  const { homes, log } = options;
  const home = homes.find(id);
  if (reading.kind === 'unusable') {
    options.metrics.unusableJournals += 1;
    countLost(options, id, directory);
    return log('error', `${directory} is passed over, and may still owe a cleanup: ${reading.why}`);
  }
  // Its runner died before it had accepted the job.
  if (reading.kind === 'none') return await close(home, log);
  const wire = readWireRecord(directory);
  const left: LeftJob = { reading, wire, isSameBoot: wire !== null && wire.boot !== null && wire.boot === bootId() };
  const { payload } = reading.record;
  if (isSomebodyElses(left, directory)) {
    log('info', `job ${payload.id}: was handed out to a process that died before it had accepted it`);
    return await close(home, log);
  }
  try {
    await goOn(options, left, home);
  } catch (error) {
    log('error', `job ${payload.id}: ${describeError(error)}`, { job: payload.id });
  }
}

/** Nobody will ever see how its cleanup ended, if it owes one: for whether the machine is fit, that is a lost one. Once, whoever comes by after that. */
function countLost({ contextFor, log }: TakeUpOptions, id: number, directory: string): void {
  const wire = readWireRecord(directory);
  if (wire === null || isCountedLost(directory)) return;
  try {
    noteCountedLost(directory);
    contextFor(wire).cleaned(id, { outcome: 'lost', attempt: 0 });
  } catch (error) {
    log('warn', `${directory}: that its cleanup is lost cannot be noted: ${describeError(error)}`);
  }
}

async function goOn({ contextFor, claim }: TakeUpOptions, left: LeftJob, home: JobHome): Promise<void> {
  const giveBack = left.reading.progress.result === null ? claim(left.wire) : () => {};
  try {
    await goOnWithWireJob(contextFor(left.wire), left, home, giveBack);
  } finally {
    giveBack();
  }
}

/** A plain server gives a job of which it has heard nothing to another runner, and does not say so. Nothing of this one has run. */
function isSomebodyElses({ wire, reading: { progress } }: LeftJob, directory: string): boolean {
  if (wire === null || wire.hasAdditions || progress.owed || progress.result !== null) return false;
  return !isAcknowledged(directory);
}

async function tidy(homes: JobHomes, log: RunnerLog): Promise<void> {
  sayWhatIsLeft(await homes.removeClosed(), log);
}

async function close(home: JobHome, log: RunnerLog): Promise<void> {
  sayWhatIsLeft(await closeHome(home), log);
}

function sayWhatIsLeft(left: readonly string[], log: RunnerLog): void {
  if (left.length > 0) log('warn', `could not be removed: ${left.join(', ')}`);
}

function countOf(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs} jobs`;
}

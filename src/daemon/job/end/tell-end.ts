import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, errorCode } from '../../../base/index.ts';
import type { JobPayload } from '../../../protocol/index.ts';
import { type JobResult, LOG_FILE } from '../../../runner/index.ts';
import { closeHome, type JobHome, setHomeAside } from '../../job-homes.ts';
import type { Coordinator } from '../../wire/coordinator.ts';
import type { Pulse } from '../pulse.ts';
import type { LogShipment } from '../ship-log.ts';
import { LEAST_PATIENCE_MS, type Leaving, LONGEST_PATIENCE_MS, startPatience } from './patience.ts';
import { reportResult } from './report-job.ts';

export interface EndContext {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly leaving: Leaving;
  readonly warn: (text: string) => void;
  readonly inform: (text: string) => void;
}

export interface EndedJob {
  readonly payload: JobPayload;
  readonly home: JobHome;
  /** Null: the job was never accepted, so there is nothing to tell. */
  readonly result: JobResult | null;
  readonly log: LogShipment;
  readonly pulse: Pulse;
  /** Another shipment of that log, from its first byte. */
  readonly shipAgain: () => LogShipment;
  /** Somebody has forced the job: nothing more is wanted of it. */
  readonly isForced: boolean;
}

/** Tells the server how a job ended, its whole log first, and closes its home once that is heard. What nobody has heard stays in the journal. */
export async function tellEnd(context: EndContext, job: EndedJob): Promise<void> {
  const { leaving, warn, inform } = context;
  const { payload, home, result } = job;
  const answer = await sendEnd(context, job);
  const what = result === null ? 'nothing' : `its result (${outcomeOf(result)})`;
  if (answer === 'unheard' && leaving.noMoreJobs.aborted) {
    return warn(`job ${payload.id}: ${what} waits for the next start of this runner`);
  }
  if (answer === 'unheard') {
    return warn(`job ${payload.id}: nobody has heard ${what} for days; it stays in ${setHomeAside(home)}`);
  }
  if (answer === 'refused' && !job.isForced) warn(`job ${payload.id}: the coordinator did not take ${what}`);
  if (result !== null && (answer === 'heard' || job.isForced)) inform(`job ${payload.id}: ${outcomeOf(result)}`);
  const left = await closeHome(home);
  if (left.length > 0) warn(`could not be removed: ${left.join(', ')}`);
}

function outcomeOf({ status, failureReason, cleanup }: JobResult): string {
  const how = status === 'failed' && failureReason !== null ? `failed (${failureReason})` : status;
  return cleanup.outcome === 'not_owed' ? how : `${how}, cleanup ${cleanup.outcome}`;
}

async function sendEnd(
  { coordinator, clock, warn, leaving }: EndContext,
  { payload, home, result, log, pulse, shipAgain }: EndedJob,
): ReturnType<typeof reportResult> {
  const logFile = join(home.directory, LOG_FILE);
  const patienceMs = Math.max(LEAST_PATIENCE_MS, LONGEST_PATIENCE_MS - waitedFor(clock, home));
  const { over, end } = startPatience(clock, patienceMs, leaving);
  try {
    await log.finish(over);
    await pulse.end();
    if (result === null) return 'heard';
    const sendLogAgain = async (): Promise<void> => {
      const again = shipAgain();
      again.grew(statSync(logFile).size);
      await again.finish(over);
    };
    return await reportResult({ coordinator, clock, warn }, payload, { result, logFile, sendLogAgain }, over);
  } finally {
    end();
  }
}

/** Ms since the journal was last written: then it had ended. */
function waitedFor(clock: Clock, { directory }: JobHome): number {
  try {
    return Math.max(0, clock.now() - statSync(join(directory, 'moves.jsonl')).mtimeMs);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return 0;
  }
}

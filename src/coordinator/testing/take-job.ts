import { type AttemptRecord, findAttemptByToken, renewLease } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import {
  fromRunner,
  type HandOut,
  handOut,
  hashToken,
  leaseMs,
  type RunnerAnswer,
  type RunnerAsking,
  type RunnerReport,
} from '../work/index.ts';
import { OUR_RUNNER } from './runners.ts';

/** A job in the hands of a runner that a test plays. */
export interface TakenJob extends HandOut {
  /** As the job's payload names it. */
  readonly name: string;
  attemptRecord(): Promise<AttemptRecord>;
  report(report: RunnerReport): Promise<RunnerAnswer>;
  /** Prolongs the lease; false: the attempt is over. */
  renew(): Promise<boolean>;
  /** Runs the script to its end: with 0, or with `exitCode`. */
  finish(exitCode?: number): Promise<RunnerAnswer>;
}

/** Null: there is nothing for this runner now. */
export async function askForJob(parts: Parts, runner: RunnerAsking = OUR_RUNNER): Promise<TakenJob | null> {
  const taken = await handOut(parts, runner, { signal: new AbortController().signal });
  return taken === null ? null : takenJob(parts, taken, runner);
}

/** As `askForJob`, and there has to be one. */
export async function takeJob(parts: Parts, runner: RunnerAsking = OUR_RUNNER): Promise<TakenJob> {
  const taken = await askForJob(parts, runner);
  if (taken === null) throw new Error('there is no job for this runner');
  return taken;
}

function takenJob(parts: Parts, taken: HandOut, { features }: RunnerAsking): TakenJob {
  const attemptRecord = async (): Promise<AttemptRecord> => {
    const found = await parts.store.read((db) => findAttemptByToken(db, hashToken(taken.token)));
    if (found === null) throw new Error('the attempt is not there');
    return found;
  };
  const report = async (said: RunnerReport) => fromRunner(parts, await attemptRecord(), [said]);
  return {
    ...taken,
    name: taken.payload.job_info.name,
    attemptRecord,
    report,
    async renew() {
      const { id } = await attemptRecord();
      return await parts.store.write((tx) => renewLease(tx, id, tx.now() + leaseMs(features)));
    },
    async finish(exitCode = 0) {
      if (features.phases) await report({ type: 'script_started' });
      const isGood = exitCode === 0;
      return await report({
        type: 'finished',
        result: isGood ? 'success' : 'failed',
        cause: isGood ? 'succeeded' : 'failed',
        failureReason: isGood ? null : 'script_failure',
        exitCode: isGood ? null : exitCode,
        cleanup: features.phases ? { outcome: 'succeeded', attempt: 1 } : null,
      });
    },
  };
}

import { describeError, Failure } from '../../base/index.ts';
import { makeCookie } from '../../executors/index.ts';
import type { JobOptions } from '../job-options.ts';
import type { JobRecord } from '../journal/job-record.ts';
import { createJournal, type Journal, reopenJournal } from '../journal/journal.ts';
import type { JobResult } from '../journal/move.ts';
import { forgetSecrets } from '../teardown/forget-secrets.ts';

export function acceptJob(options: JobOptions): { journal: Journal; record: JobRecord } | JobResult | null {
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
export function abandon(options: JobOptions, journal: Journal, error: unknown): JobResult {
  const { owed } = journal.progress;
  if (owed) {
    journal.close();
    throw error;
  }
  const result = neverRan(options, error);
  try {
    journal.append({ move: 'finished', result });
    forgetSecrets(options.directory, options.ports.trouble);
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

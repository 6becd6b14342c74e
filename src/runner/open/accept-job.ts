import { describeError, Failure } from '../../base/index.ts';
import { makeCookie } from '../../executors/index.ts';
import { CAUSE_RULES } from '../../protocol/index.ts';
import type { JobOptions } from '../job-options.ts';
import type { JobRecord } from '../journal/job-record.ts';
import { createJournal, type Journal, reopenJournal } from '../journal/journal.ts';
import type { JobResult } from '../journal/move.ts';
import { forgetSecrets } from '../teardown/forget-secrets.ts';

export function acceptJob(options: JobOptions): { journal: Journal; record: JobRecord } | JobResult | null {
  const { directory, payload, environment, shell, settings, clock } = options;
  const now = () => clock.now();
  if (payload === null) return reopenJournal({ directory, now });
  try {
    const record: JobRecord = { payload, cookie: makeCookie(), environment, shell, settings };
    return { journal: createJournal({ directory, now, sinceBoot: () => clock.sinceBoot() }, record), record };
  } catch (error) {
    forgetSecrets(directory, options.ports.trouble);
    return neverRan(options, error);
  }
}

/** A place that cannot be had fails a job that owes nothing yet; a job that may owe a cleanup waits for a better moment. */
export function abandon(options: JobOptions, journal: Journal, error: unknown): JobResult {
  try {
    if (journal.progress.owed) throw error;
    const result = neverRan(options, error);
    close(options, journal, result);
    return result;
  } finally {
    journal.close();
  }
}

/** What cannot be written down, on a disk that is full by now, changes no result: nothing is owed. */
function close({ directory, ports }: JobOptions, journal: Journal, result: JobResult): void {
  try {
    journal.append({ move: 'finished', result });
    forgetSecrets(directory, ports.trouble);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ports.trouble(describeError(error));
  }
}

function neverRan(options: JobOptions, error: unknown): JobResult {
  const { control, ports } = options;
  const nothing = { exitCode: null, cleanup: { outcome: 'not_owed', attempt: 0 }, artifacts: [] } as const;
  // Who waited for a place and was told not to is no failure of the place.
  if (control.interruption?.isCancel)
    return { ...nothing, status: 'canceled', cause: control.interruption.cause, failureReason: null };
  ports.trouble(describeError(error));
  const cause = control.interruption?.cause ?? 'failed';
  const failureReason = control.interruption === null ? 'runner_system_failure' : CAUSE_RULES[cause].reason;
  return { ...nothing, status: 'failed', cause, failureReason };
}

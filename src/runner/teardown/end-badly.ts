import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { JobResult } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { errorLine } from '../log/sections.ts';
import { say } from '../log/tell.ts';
import { endPlace } from './end-place.ts';
import { forgetSecrets } from './forget-secrets.ts';

/** The last resort after a bug of ours in a teardown: this job ends with it, on record, and no other. Nothing of it stays alive. */
export async function endBadly(run: JobRun, error: unknown, keep: boolean): Promise<JobResult> {
  const { journal, ports, payload } = run;
  const { verdict, cleanup, owed, cleanupAttempt, saved } = journal.progress;
  const reason = describeError(error);
  const result: JobResult = {
    status: 'failed',
    cause: verdict?.cause ?? 'failed',
    failureReason: 'runner_system_failure',
    exitCode: verdict?.exitCode ?? null,
    cleanup:
      cleanup ??
      (owed ? { outcome: 'lost', attempt: cleanupAttempt?.number ?? 0, reason } : { outcome: 'not_owed', attempt: 0 }),
    artifacts: saved === null ? [] : [...journal.progress.kept.values()],
  };
  await endPlace(run, keep);
  if (record(run, { move: 'finished', result })) forgetSecrets(journal.directory, ports.trouble);
  say(run, errorLine(`Job failed: ${reason}`));
  ports.trouble(`${payload.job_info.name}: ${error instanceof Error ? error.stack : reason}`);
  return result;
}

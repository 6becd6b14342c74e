import type { Cleanup } from '../../../protocol/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import { record } from '../../journal/record.ts';
import { startCleanupBudget } from './cleanup-budget.ts';
import { tryAttempts } from './try-attempts.ts';

/** Runs after_script to its end or its deadline, for whatever cause; answers how that went. */
export async function cleanUp(run: JobRun, verdict: Verdict): Promise<Cleanup> {
  const known = run.journal.progress.cleanup;
  if (known !== null) return known;
  const cleanup = await settle(run, verdict);
  record(run, { move: 'cleanup_ended', cleanup });
  run.ports.cleaned(cleanup);
  return cleanup;
}

async function settle(run: JobRun, verdict: Verdict): Promise<Cleanup> {
  const { journal, scripts } = run;
  if (!journal.progress.owed || scripts.afterScript === null) return { outcome: 'not_owed', attempt: 0 };
  const budget = await startCleanupBudget(run, verdict);
  try {
    const cleanup = await tryAttempts(run, { verdict, budget });
    const failedAttempts = (journal.progress.cleanupFailure?.failed ?? 0) + (cleanup.outcome === 'failed' ? 1 : 0);
    return run.cleanupRetries === 0 || failedAttempts === 0 ? cleanup : { ...cleanup, failedAttempts };
  } finally {
    budget.callOff();
  }
}

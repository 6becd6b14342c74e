import type { ClaimedStep } from '../../executors/index.ts';
import type { Progress, StepProgress } from './progress.ts';

const CLEANUP_STEP = /^after_script-(\d+)$/;

/**
 * What the steps themselves prove, whatever became of the lines that announced them: a wrapper's claim says that user commands
 * may have run. A damaged or lost line so never makes an owed cleanup not owed, nor starts a step for a second time.
 */
export function withClaims(progress: Progress, claims: readonly ClaimedStep[]): Progress {
  if (claims.length === 0) return progress;
  const steps = new Map<string, StepProgress>(progress.steps);
  let { cleanupAttempt } = progress;
  for (const { id, claimedAt } of claims) {
    const attempt = Number(CLEANUP_STEP.exec(id)?.[1] ?? 0);
    if (attempt > (cleanupAttempt?.number ?? 0))
      cleanupAttempt = {
        number: attempt,
        startedAt: claimedAt,
        startedUpMs: null,
        vanished: cleanupAttempt?.vanished ?? 0,
        usedMs: progress.cleanupFailure?.usedMs ?? 0,
      };
    if (attempt === 0 && !steps.has(id)) steps.set(id, { startedAt: claimedAt, ended: null });
  }
  return { ...progress, owed: true, steps, cleanupAttempt };
}

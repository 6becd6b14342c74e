import type { Static } from 'typebox';
import { DEFAULT_POLICY } from '../../../lifecycle/index.ts';
import { isFinished } from '../../../protocol/index.ts';
import type { JobRecord, LateCleanup } from '../../../store/index.ts';
import type { CLEANUP, TEARDOWN } from '../schemas/cleanup.ts';
import { instant, instantOrNull } from './show-common.ts';

type Shown = Pick<JobRecord, 'state' | 'lateCleanup'>;

/** Why the script is over or is to be, who asked for that, and until when the job may take for what follows. */
export function showTeardown({ state }: Pick<JobRecord, 'state'>, now: number): Static<typeof TEARDOWN> {
  const { cause, cancelRequest, forceRequest, deadline, extendedMs, status } = state;
  if (cause === null && cancelRequest === null && forceRequest === null) return null;
  // Before the script is over, the deadline is the script's.
  const ends = cause === null || isFinished(status) ? null : deadline;
  return {
    cause: cause ?? cancelRequest?.cause ?? null,
    requested_by: cancelRequest?.by ?? null,
    requested_at: instantOrNull(cancelRequest?.at ?? null),
    deadline: instantOrNull(ends),
    ...timesOf(state),
    now: ends === null ? null : instant(now),
    extended_by: extendedMs / 1000,
    forced_by: forceRequest?.by ?? null,
    forced_at: instantOrNull(forceRequest?.at ?? null),
  };
}

type Times = Pick<NonNullable<Static<typeof TEARDOWN>>, 'began_at' | 'cleanup_until' | 'step'>;

/** The deadline of a teardown is its beginning and its budgets, so that it also says when it began; that of an offer is the offer's. */
function timesOf({ phase, handOut, deadline, budgets, extendedMs, cleanup }: JobRecord['state']): Times {
  const none = { began_at: null, cleanup_until: null };
  if (phase !== 'teardown' || deadline === null || budgets === null) return { ...none, step: null };
  if (handOut === 'cleanup_offered') return { ...none, step: 'waiting' };
  const { graceMs, cleanupMs, saveMs } = budgets;
  const cleanupUntil = deadline - DEFAULT_POLICY.marginMs - saveMs;
  return {
    began_at: instant(cleanupUntil - extendedMs - cleanupMs - graceMs),
    cleanup_until: cleanup === null ? instant(cleanupUntil) : null,
    step: cleanup === null ? null : 'saving',
  };
}

export function showCleanup({ state, lateCleanup }: Shown): Static<typeof CLEANUP> {
  const late = showLate(lateCleanup);
  const { cleanup, owed, cleanupHandOuts } = state;
  if (cleanup === null) {
    if (!owed) return null;
    const open = { outcome: null, exit_code: null, duration: null, failed_attempts: 0, skipped_by: null, reason: null };
    return { ...open, attempt: cleanupHandOuts, late };
  }
  return {
    outcome: cleanup.outcome,
    exit_code: cleanup.exitCode ?? null,
    duration: cleanup.durationMs === undefined ? null : cleanup.durationMs / 1000,
    attempt: cleanup.attempt,
    failed_attempts: cleanup.failedAttempts ?? 0,
    skipped_by: cleanup.skippedBy ?? null,
    reason: cleanup.reason ?? null,
    late,
  };
}

function showLate(late: LateCleanup | null): NonNullable<Static<typeof CLEANUP>>['late'] {
  if (late === null) return null;
  return {
    outcome: late.outcome,
    exit_code: late.exitCode ?? null,
    duration: late.durationMs === undefined ? null : late.durationMs / 1000,
    attempt: late.ofAttempt,
    runner_id: late.runnerId,
    at: instant(late.notedAt),
  };
}

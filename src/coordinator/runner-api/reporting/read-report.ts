import {
  CAUSES,
  type Cause,
  CLEANUP_OUTCOMES,
  type Cleanup,
  type CleanupOutcome,
  FAILURE_REASONS,
  type FailureReason,
} from '../../../protocol/index.ts';
import type { RunnerReport } from '../../work/index.ts';
import { type Loose, objectOf, textOf, wholeOf } from '../loose-values.ts';

type Finished = Extract<RunnerReport, { type: 'finished' }>;

/** `running`: what has happened so far, in order; nothing: the runner goes on. */
export type Said =
  | { readonly kind: 'running'; readonly reports: readonly RunnerReport[]; readonly cleanup: Cleanup | null }
  | { readonly kind: 'finished'; readonly reports: readonly [Finished]; readonly cleanup: Cleanup | null };

/**
 * What a `PUT /jobs/:id` says. Null: a state that there is none of.
 * The additions (`phase`, `teardown`, `cleanup`) count only from a runner that said it knows phases.
 */
export function readReport(body: Loose, knowsPhases: boolean): Said | null {
  const state = textOf(body.state);
  const cleanup = knowsPhases ? readCleanup(body.cleanup) : null;
  if (state === 'running') return { kind: 'running', reports: knowsPhases ? readPhase(body, cleanup) : [], cleanup };
  if (state !== 'success' && state !== 'failed') return null;
  const teardown = knowsPhases ? objectOf(body.teardown) : {};
  const failureReason = state === 'failed' ? readReason(textOf(body.failure_reason)) : null;
  const finished: Finished = {
    type: 'finished',
    result: state,
    cause: readCause(teardown.cause) ?? guessCause(state, failureReason),
    failureReason,
    exitCode: wholeOf(body.exit_code) ?? wholeOf(teardown.exit_code) ?? null,
    cleanup,
  };
  return { kind: 'finished', reports: [finished], cleanup };
}

/** A report is what a runner knows by now, not what is new: each thing in it may have been said before. */
function readPhase(body: Loose, cleanup: Cleanup | null): readonly RunnerReport[] {
  if (body.phase === 'script') return [{ type: 'script_started' }];
  if (body.phase !== 'teardown') return [];
  const teardown = objectOf(body.teardown);
  const cause = readCause(teardown.cause);
  const byMs = secondsOf(teardown.extended_by) ?? 0;
  const extended = byMs > 0 ? [{ type: 'extended', byMs } as const] : [];
  if (cause === null) return extended;
  const hasEnded = cleanup !== null && ENDED.has(cleanup.outcome);
  return [hasEnded ? { type: 'cleaned', cause, cleanup } : { type: 'teardown_started', cause }, ...extended];
}

/** How a cleanup can end that has begun. What else a result can say of one is no news before it. */
export const ENDED: ReadonlySet<CleanupOutcome> = new Set(['succeeded', 'failed', 'timed_out']);

function readCause(value: unknown): Cause | null {
  return CAUSES.find((cause) => cause === value) ?? null;
}

/** Reasons that are none of the list are `unknown_failure`, as in GitLab: `job_canceled` is one, after a cancel that this server asked for. */
function readReason(text: string | undefined): FailureReason {
  if (text === undefined) return 'script_failure';
  return FAILURE_REASONS.find((reason) => reason === text) ?? 'unknown_failure';
}

/** GitLab's runner has no word for causes. A cancel is this server's own, and wins over what is guessed here. */
function guessCause(result: 'success' | 'failed', reason: FailureReason | null): Cause {
  if (result === 'success') return 'succeeded';
  if (reason === 'job_execution_timeout') return 'timed_out';
  return reason === 'runner_interrupted' ? 'runner_shutdown' : 'failed';
}

/** Skipping is for people: a runner cannot say it. */
function readCleanup(value: unknown): Cleanup | null {
  const said = objectOf(value);
  const outcome = CLEANUP_OUTCOMES.find((each) => each === said.outcome);
  if (outcome === undefined || outcome === 'skipped') return null;
  const exitCode = wholeOf(said.exit_code);
  const durationMs = wholeOf(said.duration_ms) ?? secondsOf(said.duration);
  const reason = textOf(said.reason)?.slice(0, 500);
  const failedAttempts = wholeOf(said.failed_attempts);
  return {
    outcome,
    attempt: Math.min(wholeOf(said.attempt) ?? 1, 1_000),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(reason === undefined ? {} : { reason }),
    ...(failedAttempts === undefined ? {} : { failedAttempts: Math.min(failedAttempts, 1_000) }),
  };
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 1e9 ? Math.round(value * 1000) : undefined;
}

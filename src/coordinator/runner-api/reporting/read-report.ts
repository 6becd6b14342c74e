import {
  CAUSES,
  type Cause,
  CLEANUP_OUTCOMES,
  type Cleanup,
  FAILURE_REASONS,
  type FailureReason,
} from '../../../protocol/index.ts';
import type { RunnerReport } from '../../work/index.ts';
import { type Loose, objectOf, textOf, wholeOf } from '../loose-values.ts';

/**
 * What a `PUT /jobs/:id` says, as a report. `alive`: nothing but that the runner goes on. Null: a state that there is none of.
 * The additions (`phase`, `teardown`, `cleanup`) count only from a runner that said it knows phases.
 */
export function readReport(body: Loose, knowsPhases: boolean): RunnerReport | 'alive' | null {
  const state = textOf(body.state);
  if (state === 'running') return (knowsPhases ? readPhase(body) : null) ?? 'alive';
  if (state !== 'success' && state !== 'failed') return null;
  const teardown = knowsPhases ? objectOf(body.teardown) : {};
  const failureReason = state === 'failed' ? readReason(textOf(body.failure_reason)) : null;
  return {
    type: 'finished',
    result: state,
    cause: readCause(teardown.cause) ?? guessCause(state, failureReason),
    failureReason,
    exitCode: wholeOf(body.exit_code) ?? wholeOf(teardown.exit_code) ?? null,
    cleanup: knowsPhases ? readCleanup(body.cleanup) : null,
  };
}

function readPhase(body: Loose): RunnerReport | null {
  if (body.phase === 'script') return { type: 'script_started' };
  if (body.phase !== 'teardown') return null;
  const cause = readCause(objectOf(body.teardown).cause);
  if (cause === null) return null;
  const cleanup = readCleanup(body.cleanup);
  return cleanup === null ? { type: 'teardown_started', cause } : { type: 'cleaned', cause, cleanup };
}

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
  return {
    outcome,
    attempt: Math.min(wholeOf(said.attempt) ?? 1, 1_000),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 1e9 ? Math.round(value * 1000) : undefined;
}

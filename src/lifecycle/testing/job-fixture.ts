import { expect } from 'vitest';
import { type Cause, type Cleanup, DEFAULT_BUDGETS, type Interruptible } from '../../protocol/index.ts';
import {
  applyJob,
  createJob,
  DEFAULT_POLICY,
  type JobEvent,
  type JobState,
  type RunnerFeatures,
} from '../job/index.ts';

export const OURS: RunnerFeatures = { cancelGracefully: true, phases: true, cleanupOnly: true };
export const GITLABS: RunnerFeatures = { cancelGracefully: true, phases: false, cleanupOnly: false };
export const BLUNT: RunnerFeatures = { cancelGracefully: false, phases: true, cleanupOnly: false };
export const CLEAN: Cleanup = { outcome: 'succeeded', attempt: 1, exitCode: 0, durationMs: 5 };
export const TEARDOWN_MS =
  DEFAULT_BUDGETS.graceMs + DEFAULT_BUDGETS.cleanupMs + DEFAULT_BUDGETS.saveMs + DEFAULT_POLICY.marginMs;

export function newJob(interruptible: Interruptible = false, spec: Partial<JobState['spec']> = {}): JobState {
  const policy = DEFAULT_POLICY;
  return createJob({
    kind: 'script',
    interruptible,
    hasResourceGroup: false,
    hasCleanup: true,
    startInMs: null,
    strategy: 'none',
    policy,
    ...spec,
  });
}

/** Feeds events one after another, each of which must move the job. */
export function having(job: JobState, ...events: readonly JobEvent[]): JobState {
  return events.reduce((state, event) => {
    const result = applyJob(state, event, 1_000);
    expect(result.kind, event.type).not.toBe('refused');
    return result.job;
  }, job);
}

export const claim = (runner = OURS): JobEvent => ({
  type: 'claim',
  runner,
  leaseMs: 60_000,
  budgets: DEFAULT_BUDGETS,
});
export const started: JobEvent = { type: 'script_started', attempt: 1 };
export const cancel: JobEvent = { type: 'cancel', by: 'ann', cause: 'canceled' };
export const force: JobEvent = { type: 'force_cancel', by: 'bob' };

export function finished(cause: Cause, rest: Partial<Extract<JobEvent, { type: 'finished' }>> = {}): JobEvent {
  const result = cause === 'succeeded' ? 'success' : 'failed';
  return { type: 'finished', attempt: 1, result, cause, failureReason: null, exitCode: null, cleanup: CLEAN, ...rest };
}

export const pending = (interruptible: Interruptible = false) => having(newJob(interruptible), { type: 'enqueue' });
export const inScript = (interruptible: Interruptible = false, runner = OURS) =>
  having(pending(interruptible), claim(runner), ...(runner.phases ? [started] : []));

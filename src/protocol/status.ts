/** GitLab's job and pipeline statuses, nothing else. Source: GitLab REST v4. */
export const STATUSES = [
  'created',
  'waiting_for_resource',
  'scheduled',
  'manual',
  'pending',
  'running',
  'canceling',
  'success',
  'failed',
  'canceled',
  'skipped',
] as const;
export type Status = (typeof STATUSES)[number];

const FINISHED: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'skipped']);
const EXECUTING: ReadonlySet<Status> = new Set(['running', 'canceling']);

export type FinishedStatus = 'success' | 'failed' | 'canceled' | 'skipped';

export function isFinished(status: Status): status is FinishedStatus {
  return FINISHED.has(status);
}

/** An attempt is under way: its token is valid, its log grows. */
export function isExecuting(status: Status): status is 'running' | 'canceling' {
  return EXECUTING.has(status);
}

/** Phase of an executing job. `teardown`: the script is over; cleanup or saving is under way, for any cause. */
export const PHASES = ['preparing', 'script', 'teardown'] as const;
export type Phase = (typeof PHASES)[number];

import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGETS, type FinishedStatus, isExecuting, isFinished, STATUSES } from '../../protocol/index.ts';
import { applyJob, createJob, DEFAULT_POLICY, type JobEvent, type JobSpec, type JobState, MOVES } from './index.ts';

const RUNNER = { cancelGracefully: true, phases: true, cleanupOnly: true };
const NOW = 1_000;
const LATE = 1e12;

/** Every kind of event, from the attempt that may hold the job and from an earlier one. */
function events(job: JobState): readonly JobEvent[] {
  const runnerEvents = [job.attempt, job.attempt - 1].flatMap((attempt): JobEvent[] => [
    { type: 'renew', attempt, leaseMs: 1 },
    { type: 'script_started', attempt },
    { type: 'teardown_started', attempt, cause: 'succeeded' },
    { type: 'teardown_started', attempt, cause: 'canceled' },
    { type: 'cleaned', attempt, cause: 'failed', cleanup: { outcome: 'succeeded', attempt: 1 } },
    { type: 'cleaned', attempt, cause: 'failed', cleanup: { outcome: 'skipped', attempt: 1 } },
    {
      type: 'finished',
      attempt,
      result: 'success',
      cause: 'succeeded',
      failureReason: null,
      exitCode: 0,
      cleanup: null,
    },
    { type: 'extended', attempt, byMs: 1 },
    { type: 'extended', attempt, byMs: LATE },
    { type: 'resumed', attempt, leaseMs: 1 },
    { type: 'runner_lost', attempt },
    { type: 'returned', attempt },
    { type: 'evicted', attempt },
  ]);
  return [
    { type: 'enqueue' },
    { type: 'schedule' },
    { type: 'actionize' },
    { type: 'skip', why: 'x' },
    { type: 'process' },
    { type: 'play' },
    { type: 'unschedule' },
    { type: 'cancel', by: 'x', cause: 'canceled' },
    { type: 'force_cancel', by: 'x' },
    { type: 'claim', runner: RUNNER, leaseMs: 1, budgets: DEFAULT_BUDGETS },
    {
      type: 'claim',
      runner: { ...RUNNER, cancelGracefully: false, phases: false },
      leaseMs: 1,
      budgets: DEFAULT_BUDGETS,
    },
    { type: 'claim_cleanup', runner: RUNNER, leaseMs: 1 },
    { type: 'claim_cleanup', runner: { ...RUNNER, cleanupOnly: false }, leaseMs: 1 },
    { type: 'resource_granted' },
    { type: 'tick' },
    { type: 'drop', reason: 'trace_size_exceeded' },
    { type: 'child_created' },
    { type: 'child_rejected', reason: 'downstream_pipeline_creation_failed' },
    { type: 'child_resumed' },
    ...STATUSES.map((status): JobEvent => ({ type: 'child_changed', status })),
    ...runnerEvents,
  ];
}

const SPEC: JobSpec = {
  kind: 'script',
  interruptible: 'graceful',
  hasResourceGroup: true,
  hasCleanup: true,
  startInMs: 1,
  strategy: 'none',
  policy: DEFAULT_POLICY,
};

const SPECS: readonly JobSpec[] = [
  SPEC,
  { ...SPEC, interruptible: false, hasResourceGroup: false },
  { ...SPEC, hasCleanup: false },
  { ...SPEC, kind: 'trigger' },
  { ...SPEC, kind: 'trigger', strategy: 'depend' },
  { ...SPEC, kind: 'trigger', strategy: 'mirror', hasResourceGroup: false },
];

/** Every job that any sequence of events can lead to, and how it was met. */
function everyJob(spec: JobSpec, visit: (job: JobState, event: JobEvent, next: JobState) => void): Set<string> {
  const seen = new Set<string>();
  const moves = new Set<string>();
  const open = [createJob(spec)];
  for (let job = open.pop(); job !== undefined; job = open.pop()) {
    for (const event of events(job)) {
      for (const now of [NOW, LATE]) {
        const result = applyJob(job, event, now);
        if (result.move !== null) moves.add(result.move);
        visit(job, event, result.job);
        const next = { ...result.job, queuedAt: null, startedAt: null, finishedAt: null };
        const key = JSON.stringify(next);
        // A job that was returned is as new but for the number of its attempt, and could be returned for ever.
        const isReturned = next.status === 'pending' && next.attempt > 0;
        if (result.kind !== 'moved' || seen.has(key) || isReturned) continue;
        seen.add(key);
        open.push(next);
      }
    }
  }
  return moves;
}

describe('every event in every state', () => {
  const used = new Set<string>();

  it.each(SPECS)('is defined, and a finished job stays as it ended: %o', (spec) => {
    const broken: string[] = [];
    const endings = new Set<FinishedStatus>();
    const moves = everyJob(spec, (job, event, next) => {
      const isReset = (job.status === 'skipped' && event.type === 'process') || event.type === 'child_resumed';
      if (isFinished(job.status) && next.status !== job.status && !isReset) broken.push(`${job.status}, ${event.type}`);
      if (isFinished(next.status)) endings.add(next.status);
      if (isFinished(next.status) && next.cleanup === null) broken.push(`no record of the cleanup: ${event.type}`);
      const hasPhase = next.phase !== null;
      if (hasPhase !== (isExecuting(next.status) && spec.kind === 'script')) broken.push(`phase: ${event.type}`);
      if ((next.status === 'failed') !== (next.failureReason !== null) && isFinished(next.status)) {
        broken.push(`reason: ${event.type}`);
      }
    });
    expect([...new Set(broken)]).toEqual([]);
    expect([...endings].sort()).toEqual(['canceled', 'failed', 'skipped', 'success']);
    for (const move of moves) used.add(move);
  });

  it('every row of the table decides somewhere', () => {
    expect(MOVES.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });
});

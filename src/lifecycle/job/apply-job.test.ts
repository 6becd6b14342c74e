import { describe, expect, it } from 'vitest';
import { CAUSE_RULES, type Cause, type Cleanup, DEFAULT_BUDGETS, type Interruptible } from '../../protocol/index.ts';
import {
  applyJob,
  createJob,
  DEFAULT_POLICY,
  type JobEvent,
  type JobState,
  nextDue,
  type RunnerFeatures,
} from './index.ts';

const OURS: RunnerFeatures = { cancelGracefully: true, phases: true, cleanupOnly: true };
const GITLABS: RunnerFeatures = { cancelGracefully: true, phases: false, cleanupOnly: false };
const BLUNT: RunnerFeatures = { cancelGracefully: false, phases: true, cleanupOnly: false };
const CLEAN: Cleanup = { outcome: 'succeeded', attempt: 1, exitCode: 0, durationMs: 5 };
const TEARDOWN_MS =
  DEFAULT_BUDGETS.graceMs + DEFAULT_BUDGETS.cleanupMs + DEFAULT_BUDGETS.saveMs + DEFAULT_POLICY.marginMs;

function newJob(interruptible: Interruptible = false, spec: Partial<JobState['spec']> = {}): JobState {
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
function having(job: JobState, ...events: readonly JobEvent[]): JobState {
  return events.reduce((state, event) => {
    const result = applyJob(state, event, 1_000);
    expect(result.kind, event.type).not.toBe('refused');
    return result.job;
  }, job);
}

const claim = (runner = OURS): JobEvent => ({ type: 'claim', runner, leaseMs: 60_000, budgets: DEFAULT_BUDGETS });
const started: JobEvent = { type: 'script_started', attempt: 1 };
const cancel: JobEvent = { type: 'cancel', by: 'ann', cause: 'canceled' };
const force: JobEvent = { type: 'force_cancel', by: 'bob' };

function finished(cause: Cause, rest: Partial<Extract<JobEvent, { type: 'finished' }>> = {}): JobEvent {
  const result = cause === 'succeeded' ? 'success' : 'failed';
  return { type: 'finished', attempt: 1, result, cause, failureReason: null, exitCode: null, cleanup: CLEAN, ...rest };
}

const pending = (interruptible: Interruptible = false) => having(newJob(interruptible), { type: 'enqueue' });
const inScript = (interruptible: Interruptible = false, runner = OURS) =>
  having(pending(interruptible), claim(runner), ...(runner.phases ? [started] : []));

describe('the cleanup contract: what strikes a script decides how the job ends', () => {
  const struckByRunner: readonly Cause[] = ['succeeded', 'failed', 'timed_out', 'runner_shutdown', 'evicted'];

  it.each(struckByRunner)('%s, as the runner reports it', (cause) => {
    const rule = CAUSE_RULES[cause];
    const teardown = having(inScript(), { type: 'teardown_started', attempt: 1, cause });
    expect(teardown).toMatchObject({ status: rule.whileTearingDown, phase: 'teardown', cause });
    expect(teardown.deadline).toBe(1_000 + TEARDOWN_MS);
    const done = having(teardown, finished(cause));
    expect(done).toMatchObject({ status: rule.endsAs, failureReason: rule.reason, cleanup: CLEAN, phase: null });
  });

  it.each(['canceled', 'superseded'] as const)('%s: canceling until the runner is done, then canceled', (cause) => {
    const result = applyJob(inScript(), { type: 'cancel', by: 'ann', cause }, 2_000);
    expect(result.job).toMatchObject({ status: 'canceling', phase: 'teardown', cause });
    expect(result.job.cancelRequest).toEqual({ by: 'ann', at: 2_000, cause });
    expect(result.effects).toContainEqual({ type: 'stop', attempt: 1, cause, deadline: 2_000 + TEARDOWN_MS });
    const done = having(result.job, finished('succeeded'));
    expect(done).toMatchObject({ status: 'canceled', failureReason: null, exitCode: null, cause });
  });

  it('runner_shutdown ends as canceled in a local run, where whoever stops it cancels its jobs with that cause', () => {
    const canceling = having(inScript(), { type: 'cancel', by: 'SIGINT', cause: 'runner_shutdown' });
    expect(canceling).toMatchObject({ status: 'canceling', cause: 'runner_shutdown' });
    expect(having(canceling, finished('runner_shutdown'))).toMatchObject({ status: 'canceled', failureReason: null });
  });

  it('runner_lost: failed, cleanup lost', () => {
    const lost = having(inScript(), { type: 'runner_lost', attempt: 1 });
    expect(lost).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure', cause: 'runner_lost' });
    expect(lost.cleanup).toMatchObject({ outcome: 'lost', attempt: 0 });
  });

  it('the first cause stands, whatever the runner says later', () => {
    const late = inScript();
    const timedOut = applyJob({ ...late, leaseUntil: null }, { type: 'tick' }, late.deadline ?? 0);
    expect(timedOut.job).toMatchObject({ status: 'running', phase: 'teardown', cause: 'timed_out' });
    expect(having(timedOut.job, finished('succeeded'))).toMatchObject({
      status: 'failed',
      failureReason: 'job_execution_timeout',
    });
  });

  it('a failed cleanup never turns a canceled job into another status, and is kept', () => {
    const cleanup: Cleanup = { outcome: 'failed', attempt: 1, exitCode: 3 };
    const done = having(inScript(), cancel, finished('canceled', { cleanup }));
    expect(done).toMatchObject({ status: 'canceled', cleanup });
  });

  it('a job that fails in saving, or by its cleanup, keeps the reason that the runner gives', () => {
    const done = having(
      inScript(),
      finished('succeeded', { result: 'failed', failureReason: 'runner_system_failure' }),
    );
    expect(done).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure', cause: 'succeeded' });
  });
});

describe('cancelling', () => {
  it.each([
    ['created', newJob()],
    ['pending', pending()],
    ['manual', having(newJob(), { type: 'actionize' })],
    ['scheduled', having(newJob(false, { startInMs: 5 }), { type: 'schedule' })],
    ['waiting_for_resource', having(newJob(false, { hasResourceGroup: true }), { type: 'enqueue' })],
  ])('a %s job is canceled at once, and nothing is owed', (status, job) => {
    expect(job.status).toBe(status);
    const result = applyJob(job, cancel, 5);
    expect(result.job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' }, owed: false });
    expect(result.effects).toEqual([{ type: 'changed' }, { type: 'finished', status: 'canceled' }]);
  });

  it('while preparing ends the job and its attempt at once; the first user command is refused', () => {
    const result = applyJob(having(pending('graceful'), claim()), cancel, 5);
    expect(result.job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1 });
    expect(applyJob(result.job, started, 6)).toMatchObject({ kind: 'refused', reason: 'stale_attempt' });
  });

  it('on a runner that cannot stop gracefully is canceled at once, the cleanup is lost', () => {
    const result = applyJob(inScript(true, BLUNT), cancel, 5);
    expect(result.job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'lost' } });
    expect(result.job.cleanup?.reason).toContain('cannot cancel gracefully');
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1 });
  });

  it('again changes nothing', () => {
    const canceling = having(inScript(), cancel);
    const again = applyJob(canceling, { type: 'cancel', by: 'eve', cause: 'superseded' }, 9_999);
    expect(again).toMatchObject({ kind: 'unchanged', effects: [] });
    expect(again.job).toBe(canceling);
  });

  it('in a teardown leaves it as it is, with its deadline, and decides how the job ends', () => {
    const teardown = having(inScript(), { type: 'teardown_started', attempt: 1, cause: 'succeeded' });
    const result = applyJob(teardown, cancel, 7_000);
    expect(result.job).toMatchObject({ status: 'canceling', phase: 'teardown', deadline: teardown.deadline });
    expect(result.effects).toEqual([{ type: 'changed' }]);
    expect(having(result.job, finished('succeeded')).status).toBe('canceled');
  });

  it('is not for runners to decide', () => {
    const said = applyJob(inScript(), { type: 'teardown_started', attempt: 1, cause: 'canceled' }, 5);
    expect(said).toMatchObject({ kind: 'refused', reason: 'not_canceled' });
  });
});

describe('force cancel', () => {
  it('cuts a teardown short: who, when and what was owed are on record', () => {
    const result = applyJob(having(inScript(), cancel), force, 8_000);
    expect(result.job).toMatchObject({
      status: 'canceled',
      cause: 'canceled',
      forceRequest: { by: 'bob', at: 8_000, owed: 'after_script, or the rest of it' },
      cleanup: { outcome: 'skipped', skippedBy: 'bob' },
    });
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1 });
  });

  it('works on a running script without a cancel before it', () => {
    const done = having(inScript('graceful'), force);
    expect(done).toMatchObject({ status: 'canceled', cleanup: { outcome: 'skipped', attempt: 0, skippedBy: 'bob' } });
  });

  it('does not take back a cleanup that has ended', () => {
    const saving = having(inScript(), { type: 'cleaned', attempt: 1, cause: 'succeeded', cleanup: CLEAN });
    expect(having(saving, force)).toMatchObject({ status: 'canceled', cleanup: CLEAN, forceRequest: { owed: null } });
  });
});

describe('a lost runner', () => {
  const lost = (job: JobState, attempt = 1) => having(job, { type: 'runner_lost', attempt });
  const takeOver: JobEvent = { type: 'claim_cleanup', runner: OURS, leaseMs: 60_000 };

  it('of a graceful job: the cleanup alone is offered, with an attempt and a deadline of its own', () => {
    const result = applyJob(inScript('graceful'), { type: 'runner_lost', attempt: 1 }, 5_000);
    const deadline = 5_000 + DEFAULT_POLICY.cleanupOfferMs;
    expect(result.job).toMatchObject({ status: 'running', phase: 'teardown', handOut: 'cleanup_offered', deadline });
    expect(result.effects).toContainEqual({ type: 'offer_cleanup', cause: 'runner_lost', cleanupAttempt: 2, deadline });
    const taken = applyJob(result.job, takeOver, 9_000).job;
    expect(taken).toMatchObject({ attempt: 2, handOut: 'cleanup', deadline: 9_000 + TEARDOWN_MS });
    const done = having(taken, finished('failed', { attempt: 2, cleanup: { ...CLEAN, attempt: 2 } }));
    expect(done).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure', cause: 'runner_lost' });
    expect(done.cleanup).toEqual({ ...CLEAN, attempt: 2 });
  });

  it('may come back, but its attempt is not accepted any more', () => {
    const offered = lost(inScript('graceful'));
    for (const job of [offered, having(offered, takeOver)]) {
      expect(applyJob(job, finished('succeeded'), 5)).toMatchObject({ kind: 'refused', reason: 'stale_attempt' });
    }
  });

  it('in canceling: the job still ends as canceled', () => {
    const taken = having(lost(having(inScript('graceful'), cancel)), takeOver);
    expect(having(taken, finished('canceled', { attempt: 2 }))).toMatchObject({ status: 'canceled', cleanup: CLEAN });
  });

  it('again and again: lost once every hand-out was tried', () => {
    const third = lost(having(lost(having(lost(inScript('graceful')), takeOver), 2), takeOver), 3);
    expect(third).toMatchObject({ status: 'failed', cleanup: { outcome: 'lost', attempt: 3 }, attempt: 3 });
  });

  it('before any user command: the job fails and nothing is owed', () => {
    const done = lost(having(pending('graceful'), claim()));
    expect(done).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
  });

  it('hands nothing to a runner that would run the whole job', () => {
    const refused = applyJob(lost(inScript('graceful')), { type: 'claim_cleanup', runner: GITLABS, leaseMs: 1 }, 5);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'runner_cannot_take_cleanups' });
  });

  it('silent for a whole lease: a tick finds the lease lapsed', () => {
    const job = inScript();
    expect(nextDue(job)).toBe(61_000);
    expect(applyJob(job, { type: 'tick' }, 60_999).kind).toBe('unchanged');
    expect(applyJob(job, { type: 'tick' }, 61_000).job.status).toBe('failed');
    const renewed = applyJob(job, { type: 'renew', attempt: 1, leaseMs: 60_000 }, 60_000).job;
    expect(nextDue(renewed)).toBe(120_000);
  });
});

describe('deadlines that the coordinator owns', () => {
  it('end a teardown of which nothing is heard: canceled, cleanup timed_out', () => {
    const canceling = having(inScript(), cancel);
    const result = applyJob(canceling, { type: 'tick' }, canceling.deadline ?? 0);
    expect(result.job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'timed_out' } });
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1 });
  });

  it('end an offer that nobody takes: cleanup lost', () => {
    const offered = having(inScript('graceful'), { type: 'runner_lost', attempt: 1 });
    const done = applyJob(offered, { type: 'tick' }, offered.deadline ?? 0).job;
    expect(done.cleanup).toMatchObject({ outcome: 'lost', reason: 'no runner took the cleanup in time' });
  });

  it('stop a script whose runner did not keep the timeout: failed at once when it never started', () => {
    const preparing = { ...having(pending(), claim()), leaseUntil: null };
    const done = applyJob(preparing, { type: 'tick' }, preparing.deadline ?? 0).job;
    expect(done).toMatchObject({ status: 'failed', failureReason: 'job_execution_timeout' });
    expect(done.cleanup?.outcome).toBe('not_owed');
  });
});

describe('what a runner must be able to do', () => {
  it('interruptible: graceful goes only to runners that can cancel gracefully', () => {
    const refused = applyJob(pending('graceful'), claim(BLUNT), 5);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'runner_cannot_cancel_gracefully' });
    expect(applyJob(pending('graceful'), claim(GITLABS), 5).kind).toBe('moved');
  });

  it('of a runner that announces no phases the worst is assumed from the start', () => {
    expect(having(pending(), claim(GITLABS))).toMatchObject({ phase: 'script', owed: true });
  });

  it.each([
    ['success', finished('succeeded', { cleanup: null }), 'succeeded'],
    ['script_failure', finished('failed', { cleanup: null, failureReason: 'script_failure' }), 'succeeded'],
    ['job_execution_timeout', finished('timed_out', { cleanup: null, failureReason: 'job_execution_timeout' }), 'lost'],
  ])("GitLab's runner does not speak of cleanup: what %s means for it", (_, event, outcome) => {
    expect(having(inScript(false, GITLABS), event).cleanup?.outcome).toBe(outcome);
  });

  it('a job without after_script owes nothing, whatever strikes it', () => {
    const job = having(newJob(false, { hasCleanup: false }), { type: 'enqueue' }, claim(), started);
    expect(having(job, { type: 'runner_lost', attempt: 1 }).cleanup?.outcome).toBe('not_owed');
    const said = finished('succeeded', { cleanup: { outcome: 'not_owed', attempt: 0 } });
    expect(having(job, said)).toMatchObject({ status: 'success', cleanup: { outcome: 'not_owed' } });
  });
});

describe('waiting for a turn', () => {
  it('a delayed job starts when its delay is over, or when it is played', () => {
    const job = having(newJob(false, { startInMs: 500 }), { type: 'schedule' });
    expect(applyJob(job, { type: 'tick' }, 1_499).job.status).toBe('scheduled');
    expect(applyJob(job, { type: 'tick' }, 1_500).job.status).toBe('pending');
    expect(having(job, { type: 'play' })).toMatchObject({ status: 'pending', startAt: null });
    expect(having(job, { type: 'unschedule' }).status).toBe('manual');
  });

  it('a skipped job may be looked at again: the one way out of a finished status', () => {
    const skipped = having(newJob(), { type: 'skip', why: 'x' });
    expect(skipped).toMatchObject({ status: 'skipped', skipReason: 'x', cleanup: { outcome: 'not_owed' } });
    expect(having(skipped, { type: 'process' })).toEqual(newJob());
  });

  it('what makes no sense is refused and changes nothing', () => {
    const job = newJob();
    expect(applyJob(job, claim(), 5)).toEqual({
      kind: 'refused',
      job,
      effects: [],
      move: null,
      reason: 'wrong_status',
    });
  });

  it('survives being stored as JSON', () => {
    const job = having(inScript('graceful'), cancel);
    expect(applyJob(JSON.parse(JSON.stringify(job)), finished('canceled'), 5).job).toEqual(
      applyJob(job, finished('canceled'), 5).job,
    );
  });
});

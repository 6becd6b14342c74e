import { describe, expect, it } from 'vitest';
import { CAUSE_RULES, type Cause, type Cleanup } from '../../protocol/index.ts';
import {
  BLUNT,
  CLEAN,
  cancel,
  claim,
  finished,
  GITLABS,
  having,
  inScript,
  newJob,
  pending,
  started,
  TEARDOWN_MS,
} from '../testing/job-fixture.ts';
import { applyJob } from './index.ts';

describe('the cleanup contract: what strikes a script decides how the job ends', () => {
  const struckByRunner: readonly Cause[] = ['succeeded', 'failed', 'timed_out', 'runner_shutdown', 'evicted'];

  it.each(struckByRunner)('%s, as the runner reports it', (cause) => {
    const rule = CAUSE_RULES[cause];
    const teardown = having(inScript(), { type: 'teardown_started', attempt: 1, cause });
    expect(teardown).toMatchObject({ status: 'running', phase: 'teardown', cause });
    expect(teardown.deadline).toBe(1_000 + TEARDOWN_MS);
    const done = having(teardown, finished(cause));
    expect(done).toMatchObject({ status: rule.endsAs, failureReason: rule.reason, cleanup: CLEAN, phase: null });
  });

  it.each(['canceled', 'superseded'] as const)('%s: canceling until the runner is done, then canceled', (cause) => {
    const result = applyJob(inScript(), { type: 'cancel', by: 'ann', cause }, 2_000);
    expect(result.job).toMatchObject({ status: 'canceling', phase: 'teardown', cause });
    expect(result.job.cancelRequest).toEqual({ by: 'ann', at: 2_000, cause });
    const deadline = 2_000 + TEARDOWN_MS;
    expect(result.effects).toContainEqual({ type: 'stop', attempt: 1, cause, by: 'ann', deadline });
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

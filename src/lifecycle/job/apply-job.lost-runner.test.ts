import { describe, expect, it } from 'vitest';
import { nextDue } from '../index.ts';
import {
  CLEAN,
  cancel,
  claim,
  finished,
  GITLABS,
  having,
  inScript,
  OURS,
  pending,
  TEARDOWN_MS,
} from '../testing/job-fixture.ts';
import { applyJob, DEFAULT_POLICY, type JobEvent, type JobState } from './index.ts';

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
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1, by: null, isForced: false });
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

import { describe, expect, it } from 'vitest';
import { CLEAN, cancel, finished, having, inScript, OURS, TEARDOWN_MS } from '../testing/job-fixture.ts';
import { applyJob, DEFAULT_POLICY, type JobEvent, type JobState } from './index.ts';

const LIMIT = DEFAULT_POLICY.maxExtensionMs;
const extended = (byMs: number, attempt = 1): JobEvent => ({ type: 'extended', attempt, byMs });
const resumed = (attempt = 1): JobEvent => ({ type: 'resumed', attempt, leaseMs: 60_000 });
const lost = (attempt = 1): JobEvent => ({ type: 'runner_lost', attempt });
const takeOver: JobEvent = { type: 'claim_cleanup', runner: OURS, leaseMs: 60_000 };

describe('more time for a cleanup', () => {
  const first = 1_000 + TEARDOWN_MS;
  const deadlineAfter = (...events: readonly JobEvent[]) => having(inScript(), cancel, ...events).deadline;

  it('puts the deadline off from where it was first, by what is asked for in all, and no further than the limit', () => {
    expect(deadlineAfter(extended(1_500))).toBe(first + 1_500);
    expect(deadlineAfter(extended(1_500), extended(4_000))).toBe(first + 4_000);
    expect(deadlineAfter(extended(1e12))).toBe(first + LIMIT);
    expect(deadlineAfter(extended(4_000), extended(1e12))).toBe(first + LIMIT);
  });

  it('is not more for being said again, or late', () => {
    const job = having(inScript(), cancel, extended(4_000));
    for (const event of [extended(4_000), extended(1_500), extended(0)]) {
      expect(applyJob(job, event, 9_000)).toMatchObject({ kind: 'unchanged', move: 'extended-again' });
    }
    const most = having(job, extended(LIMIT));
    expect(applyJob(most, extended(LIMIT + 1), 9_000).kind).toBe('unchanged');
  });

  it('is for a teardown alone, and for the attempt that holds the job', () => {
    expect(applyJob(inScript(), extended(1), 5)).toMatchObject({ kind: 'refused', reason: 'wrong_status' });
    const taken = having(inScript('graceful'), lost(), takeOver);
    expect(applyJob(taken, extended(1), 5)).toMatchObject({ kind: 'refused', reason: 'stale_attempt' });
    expect(applyJob(taken, extended(7, 2), 5).job).toMatchObject({ deadline: first + 7, extendedMs: 7 });
  });

  it('begins anew for whoever takes the cleanup over', () => {
    const taken = having(inScript('graceful'), cancel, extended(7), lost(), takeOver);
    expect(taken).toMatchObject({ deadline: first, extendedMs: 0 });
  });
});

describe('a lost runner that comes back', () => {
  it('has its cleanup back as long as nobody has taken it, with a deadline of its own, and the job ends as it would have', () => {
    const offered = having(inScript('graceful'), lost());
    const back = applyJob(offered, resumed(), 9_000).job;
    expect(back).toMatchObject({ attempt: 1, handOut: 'cleanup', cause: 'runner_lost', deadline: 9_000 + TEARDOWN_MS });
    const done = having(
      back,
      { type: 'cleaned', attempt: 1, cause: 'succeeded', cleanup: CLEAN },
      finished('succeeded'),
    );
    expect(done).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure', cleanup: CLEAN });
  });

  it('does not once somebody has it, or when it had given up by itself', () => {
    const stale = { kind: 'refused', reason: 'stale_attempt' };
    expect(applyJob(having(inScript('graceful'), lost(), takeOver), resumed(), 5)).toMatchObject(stale);
    const gaveUp = having(inScript('graceful'), finished('failed', { cleanup: null }));
    expect(gaveUp.handOut).toBe('cleanup_offered');
    expect(applyJob(gaveUp, resumed(), 5)).toMatchObject(stale);
    expect(applyJob(having(inScript(), lost()), resumed(), 5)).toMatchObject(stale);
  });

  it('changes nothing where it holds the job still', () => {
    expect(applyJob(inScript('graceful'), resumed(), 5)).toMatchObject({ kind: 'unchanged', move: 'resume' });
  });

  it('is not waited for without end: each time counts as a hand-out', () => {
    let job: JobState = inScript('graceful');
    for (let times = 0; times < DEFAULT_POLICY.maxCleanupHandOuts; times += 1) job = having(job, lost(), resumed());
    expect(having(job, lost())).toMatchObject({ status: 'failed', cleanup: { outcome: 'lost' } });
  });
});

describe('a runner that had asked to start the script, and did not', () => {
  it.each([false, 'graceful'] as const)(
    'is believed that nothing began: nothing is owed (interruptible: %s)',
    (kind) => {
      const said = finished('canceled', { cleanup: { outcome: 'not_owed', attempt: 0 } });
      expect(having(inScript(kind), cancel, said)).toMatchObject({
        status: 'canceled',
        owed: false,
        cleanup: { outcome: 'not_owed', attempt: 0 },
      });
    },
  );

  it('is not the one that took a cleanup over: that one was owed', () => {
    const taken = having(inScript('graceful'), lost(), takeOver, lost(2), takeOver);
    const said = finished('failed', { attempt: 3, cleanup: { outcome: 'not_owed', attempt: 0 } });
    expect(having(taken, said)).toMatchObject({ status: 'failed', cleanup: { outcome: 'lost' } });
  });
});

import { describe, expect, it } from 'vitest';
import { cancel, claim, GITLABS, having, inScript, OURS, pending } from '../testing/job-fixture.ts';
import { applyJob, type JobEvent, type JobState } from './index.ts';

describe('a hand-out that never reached its runner', () => {
  const returned: JobEvent = { type: 'returned', attempt: 1 };

  it.each([OURS, GITLABS])(
    'comes back: pending, as if it had not been, and the next attempt has a number of its own',
    (runner) => {
      const waiting = pending(false);
      const result = applyJob(having(waiting, claim(runner)), returned, 9_000);
      const fresh: JobState = { ...waiting, attempt: 1, queuedAt: 9_000 };
      expect(result.job).toEqual(fresh);
      expect(result.effects.map(({ type }) => type)).toEqual(['changed', 'abort', 'claimable']);
      expect(having(result.job, claim(runner))).toMatchObject({ status: 'running', attempt: 2 });
    },
  );

  it('is refused afterwards, whatever its runner says', () => {
    const back = having(having(pending(false), claim()), returned);
    expect(applyJob(back, { type: 'script_started', attempt: 1 }, 5)).toMatchObject({
      kind: 'refused',
      reason: 'stale_attempt',
    });
  });

  it('of a job that was cancelled meanwhile: its runner counts as lost', () => {
    const canceling = having(having(pending(false), claim({ ...GITLABS, cancelGracefully: true })), cancel);
    expect(having(canceling, returned)).toMatchObject({ status: 'canceled' });
  });

  it('of a runner that was heard of: never run twice', () => {
    expect(having(inScript(false), returned)).toMatchObject({
      status: 'failed',
      failureReason: 'runner_system_failure',
    });
  });
});

import { describe, expect, it } from 'vitest';
import {
  BLUNT,
  CLEAN,
  cancel,
  claim,
  finished,
  force,
  having,
  inScript,
  newJob,
  pending,
  started,
} from '../testing/job-fixture.ts';
import { applyJob } from './index.ts';

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
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1, by: 'ann', isForced: false });
    expect(applyJob(result.job, started, 6)).toMatchObject({ kind: 'refused', reason: 'stale_attempt' });
  });

  it('on a runner that cannot stop gracefully is canceled at once, the cleanup is lost', () => {
    const result = applyJob(inScript(true, BLUNT), cancel, 5);
    expect(result.job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'lost' } });
    expect(result.job.cleanup?.reason).toContain('cannot cancel gracefully');
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1, by: 'ann', isForced: false });
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

  it('lets no script start that asks once more, and leaves the attempt its teardown', () => {
    const canceling = having(inScript(), cancel);
    const again = applyJob(canceling, started, 6);
    expect(again).toMatchObject({ kind: 'refused', reason: 'script_is_over' });
    expect(having(again.job, finished('canceled')).status).toBe('canceled');
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
    expect(result.effects).toContainEqual({ type: 'abort', attempt: 1, by: 'bob', isForced: true });
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

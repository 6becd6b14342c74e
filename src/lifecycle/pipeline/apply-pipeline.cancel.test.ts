import { describe, expect, it } from 'vitest';
import { job, PipelineRun } from '../testing/pipeline-fixture.ts';

describe('cancelling a pipeline', () => {
  const cancel = { type: 'cancel', by: 'ann', cause: 'canceled' } as const;

  it('ends what has not started at once, manual jobs too, and tears down what runs', () => {
    const run = new PipelineRun([
      job('done', 0),
      job('failed', 0),
      job('runs', 0),
      job('waits', 0),
      job('hand', 0, { when: 'manual' }),
      job('later', 1, { when: 'always' }),
    ]);
    run.pass('done');
    run.fail('failed');
    run.begin('runs');
    run.feed(cancel);
    expect(run.statuses).toEqual({
      done: 'success',
      failed: 'failed',
      runs: 'canceling',
      waits: 'canceled',
      hand: 'canceled',
      later: 'canceled',
    });
    expect(run.state.status).toBe('canceling');
    run.end('runs');
    expect(run.state.status).toBe('canceled');
  });

  it('again changes nothing; force ends the teardown', () => {
    const run = new PipelineRun([job('a', 0)]);
    run.begin('a');
    run.feed(cancel);
    const { state } = run;
    run.feed({ ...cancel, by: 'eve' });
    expect(run.state).toBe(state);
    run.feed({ type: 'force_cancel', by: 'eve' });
    expect(run.jobOf('a').state.cleanup).toMatchObject({ outcome: 'skipped', skippedBy: 'eve' });
    expect(run.state).toMatchObject({ status: 'canceled', cancelRequest: { by: 'ann', forced: { by: 'eve' } } });
  });

  it('of a finished pipeline changes nothing', () => {
    const run = new PipelineRun([job('a', 0)]);
    run.pass('a');
    run.feed(cancel);
    expect(run.state).toMatchObject({ status: 'success', cancelRequest: null });
  });

  it('by a newer one may spare what is not interruptible', () => {
    const run = new PipelineRun([job('a', 0, { interruptible: true }), job('b', 0)]);
    run.feed({ type: 'cancel', by: 'pipeline 2', cause: 'superseded', only: 'interruptible' });
    expect(run.statuses).toEqual({ a: 'canceled', b: 'pending' });
  });

  it('on the first failure, when auto_cancel says so: the pipeline still counts as failed', () => {
    const autoCancel = { onNewCommit: 'none', onJobFailure: 'all' } as const;
    const run = new PipelineRun([job('a', 0), job('b', 0), job('c', 1, { when: 'on_failure' })], { autoCancel });
    run.begin('b');
    run.fail('a');
    expect(run.statuses).toEqual({ a: 'failed', b: 'canceling', c: 'canceled' });
    expect(run.jobOf('b').state).toMatchObject({ cause: 'superseded', cancelRequest: { by: 'failed job a' } });
    run.end('b');
    expect(run.state.status).toBe('failed');
  });
});

import { describe, expect, it } from 'vitest';
import { job, PipelineRun } from '../testing/pipeline-fixture.ts';

describe('trigger jobs', () => {
  const child = (strategy: 'none' | 'depend' | 'mirror') => job('t', 0, { isTrigger: true, trigger: { strategy } });

  it('without a strategy end when the child is there', () => {
    const run = new PipelineRun([child('none'), job('b', 1)]);
    expect(run.effects).toContainEqual({ type: 'start_child', job: 0 });
    run.send('t', { type: 'child_created' });
    expect(run.statuses).toEqual({ t: 'success', b: 'pending' });
  });

  it.each([
    ['depend', 'skipped', 'failed'],
    ['mirror', 'skipped', 'skipped'],
    ['depend', 'canceled', 'canceled'],
    ['depend', 'manual', 'running'],
    ['mirror', 'manual', 'manual'],
    ['mirror', 'success', 'success'],
  ] as const)('strategy %s, child %s: %s', (strategy, status, own) => {
    const run = new PipelineRun([child(strategy)]);
    run.send('t', { type: 'child_created' });
    expect(run.statuses.t).toBe('running');
    run.send('t', { type: 'child_changed', status });
    expect(run.statuses.t).toBe(own);
  });

  it('that are over are no shelter for their child when the pipeline is cancelled or forced', () => {
    const run = new PipelineRun([child('none'), job('b', 0)]);
    run.send('t', { type: 'child_created' });
    run.begin('b');
    run.feed({ type: 'cancel', by: 'ann', cause: 'superseded' });
    const ordered = { type: 'cancel_child', job: 0, by: 'ann', cause: 'superseded', isForced: false };
    expect(run.effects.filter(({ type }) => type === 'cancel_child')).toEqual([ordered]);
    run.feed({ type: 'force_cancel', by: 'bob' });
    expect(run.effects.filter(({ type }) => type === 'cancel_child').at(1)).toEqual({
      ...ordered,
      by: 'bob',
      cause: 'canceled',
      isForced: true,
    });
  });

  it('follow a child again that was over, and give those another turn that were skipped because of it', () => {
    const run = new PipelineRun([child('depend'), job('b', 1)]);
    run.send('t', { type: 'child_created' });
    run.send('t', { type: 'child_changed', status: 'failed' });
    expect([run.statuses, run.state.status]).toEqual([{ t: 'failed', b: 'skipped' }, 'failed']);
    run.send('t', { type: 'child_resumed' });
    expect([run.statuses, run.state.status]).toEqual([{ t: 'running', b: 'created' }, 'running']);
    expect(run.jobOf('t').state).toMatchObject({ cause: null, failureReason: null, cleanup: null, finishedAt: null });
    run.send('t', { type: 'child_changed', status: 'success' });
    expect(run.statuses).toEqual({ t: 'success', b: 'pending' });
  });

  it('follow it after a cancel of the whole pipeline too, which then ends as its jobs add up to', () => {
    const run = new PipelineRun([child('depend'), job('b', 1)]);
    run.send('t', { type: 'child_created' });
    run.feed({ type: 'cancel', by: 'ann', cause: 'canceled' });
    run.send('t', { type: 'child_resumed' });
    expect([run.statuses, run.state.status]).toEqual([{ t: 'running', b: 'canceled' }, 'running']);
    run.send('t', { type: 'child_changed', status: 'failed' });
    expect(run.state.status).toBe('failed');
  });

  it('that were retried leave their old child alone', () => {
    const run = new PipelineRun([child('depend')]);
    run.send('t', { type: 'child_created' });
    run.send('t', { type: 'child_changed', status: 'failed' });
    run.feed({ type: 'retry', job: 0 });
    expect(() => run.feed({ type: 'job', job: 0, event: { type: 'child_resumed' } })).toThrow('wrong_status');
  });

  it('take their child with them when they are cancelled', () => {
    const run = new PipelineRun([child('depend')]);
    run.send('t', { type: 'child_created' });
    run.feed({ type: 'force_cancel', by: 'ann' });
    expect(run.effects).toContainEqual({ type: 'cancel_child', job: 0, by: 'ann', cause: 'canceled', isForced: true });
    expect(run.state.status).toBe('canceled');
  });
});

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

  it('take their child with them when they are cancelled', () => {
    const run = new PipelineRun([child('depend')]);
    run.send('t', { type: 'child_created' });
    run.feed({ type: 'force_cancel', by: 'ann' });
    expect(run.effects).toContainEqual({ type: 'cancel_child', job: 0, by: 'ann', cause: 'canceled', isForced: true });
    expect(run.state.status).toBe('canceled');
  });
});

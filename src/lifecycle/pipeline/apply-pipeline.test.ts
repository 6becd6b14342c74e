import { describe, expect, it } from 'vitest';
import { everyJob, findJob, stageStatus } from '../index.ts';
import { job, PipelineRun } from '../testing/pipeline-fixture.ts';
import { applyPipeline } from './apply-pipeline.ts';

describe('whose turn it is', () => {
  it('stage by stage: the next one starts when every job of the one before is done', () => {
    const run = new PipelineRun([job('a', 0), job('b', 0), job('c', 1), job('d', 2)]);
    expect(run.statuses).toEqual({ a: 'pending', b: 'pending', c: 'created', d: 'created' });
    run.pass('a');
    expect(run.statuses.c).toBe('created');
    run.pass('b');
    expect(run.statuses.c).toBe('pending');
    run.pass('c', 'd');
    expect(run.state.status).toBe('success');
  });

  it('by needs: a job starts the moment its needs are done, whatever its stage waits for', () => {
    const run = new PipelineRun([job('a', 0), job('b', 0), job('c', 1, { needs: ['a'] }), job('d', 1, { needs: [] })]);
    expect(run.statuses.d).toBe('pending');
    run.pass('a');
    expect(run.statuses).toMatchObject({ b: 'pending', c: 'pending' });
  });

  it('after a failure skips what needs success, and runs what asked for it', () => {
    const run = new PipelineRun([
      job('a', 0),
      job('next', 1),
      job('rescue', 1, { when: 'on_failure' }),
      job('report', 2, { when: 'always' }),
      job('deep', 2, { needs: ['next'] }),
    ]);
    run.fail('a');
    expect(run.statuses).toMatchObject({ next: 'skipped', rescue: 'pending', deep: 'skipped', report: 'created' });
    run.pass('rescue', 'report');
    expect(run.state.status).toBe('failed');
    expect(stageStatus(run.state, 0)).toBe('failed');
  });

  it('an allowed failure counts as success, by exit code too', () => {
    const run = new PipelineRun([
      job('a', 0, { allowFailure: true }),
      job('b', 0, { allowFailure: { exitCodes: [42] } }),
      job('c', 1),
    ]);
    run.fail('a');
    run.fail('b', { exitCode: 42 });
    expect(run.statuses.c).toBe('pending');
    expect(run.jobOf('b').allowFailure).toBe(true);
    run.pass('c');
    expect(run.state.status).toBe('success');
  });

  it('an exit code that is not listed is a failure', () => {
    const run = new PipelineRun([job('a', 0, { allowFailure: { exitCodes: [42] } }), job('b', 1)]);
    run.fail('a', { exitCode: 1 });
    expect(run.statuses.b).toBe('skipped');
    expect(run.state.status).toBe('failed');
  });

  it('a previous canceled fits nothing, not even when: always', () => {
    const run = new PipelineRun([job('a', 0), job('b', 1, { when: 'always' })]);
    run.send('a', { type: 'cancel', by: 'ann', cause: 'canceled' });
    expect(run.statuses).toEqual({ a: 'canceled', b: 'skipped' });
  });

  it('a pipeline of which nothing can start is skipped', () => {
    const run = new PipelineRun([job('a', 0, { when: 'on_failure' })]);
    expect(run.state.status).toBe('skipped');
  });
});

describe('manual and delayed jobs', () => {
  it('a manual job that need not be played does not hold up its stage', () => {
    const run = new PipelineRun([job('a', 0, { when: 'manual', allowFailure: true }), job('b', 1)]);
    expect(run.statuses).toEqual({ a: 'manual', b: 'pending' });
  });

  it('one that must be played blocks', () => {
    const run = new PipelineRun([job('a', 0, { when: 'manual' }), job('b', 1)]);
    expect(run.statuses).toEqual({ a: 'manual', b: 'created' });
    expect(run.state.status).toBe('manual');
    run.send('a', { type: 'play' });
    run.pass('a');
    expect(run.statuses.b).toBe('pending');
  });

  it('playing gives what was skipped because of it another turn', () => {
    const run = new PipelineRun([
      job('a', 0, { when: 'manual', allowFailure: true }),
      job('b', 1, { needs: ['a'] }),
      job('c', 2, { needs: ['b'] }),
    ]);
    expect(run.statuses).toEqual({ a: 'manual', b: 'skipped', c: 'skipped' });
    run.send('a', { type: 'play' });
    expect(run.statuses).toEqual({ a: 'pending', b: 'created', c: 'created' });
    run.pass('a', 'b', 'c');
    expect(run.state.status).toBe('success');
  });

  it('a delayed job asks to be woken, and starts then', () => {
    const run = new PipelineRun([job('a', 0, { when: 'delayed', startInMs: 500 })]);
    expect(run.effects).toContainEqual({ type: 'wake', job: 0, at: 1_500 });
    expect(run.state.status).toBe('scheduled');
    run.now = 1_500;
    run.send('a', { type: 'tick' });
    expect(run.statuses.a).toBe('pending');
  });
});

describe('retry', () => {
  const retry = { max: 2, when: ['script_failure'], exitCodes: [] } as const;

  it('puts a new job in the place of a failed one, as often as allowed', () => {
    const run = new PipelineRun([job('a', 0, { retry }), job('b', 1)]);
    run.fail('a');
    expect(run.effects).toContainEqual({ type: 'retry_created', job: 2, of: 0 });
    expect(findJob(run.state, 0)).toMatchObject({ retriedAs: 2, state: { status: 'failed' } });
    expect(run.jobOf('a')).toMatchObject({ number: 2, earlierRetries: 1, state: { status: 'pending' } });
    run.fail('a');
    run.fail('a');
    expect(run.statuses).toEqual({ a: 'failed', b: 'skipped' });
    expect(everyJob(run.state)).toHaveLength(4);
  });

  it('lets the pipeline succeed when the second try does', () => {
    const run = new PipelineRun([job('a', 0, { retry }), job('b', 1, { needs: ['a'] })]);
    run.fail('a');
    run.pass('a', 'b');
    expect(run.state.status).toBe('success');
  });

  it('starts a manual job again at once', () => {
    const run = new PipelineRun([job('a', 0, { when: 'manual', retry })]);
    run.send('a', { type: 'play' });
    run.fail('a');
    expect(run.statuses.a).toBe('pending');
  });

  it('by hand: of a finished job, and revives what was skipped', () => {
    const run = new PipelineRun([job('a', 0), job('b', 1)]);
    run.fail('a');
    expect(run.state.status).toBe('failed');
    run.feed({ type: 'retry', job: 0 });
    expect(run.statuses).toEqual({ a: 'pending', b: 'created' });
    run.pass('a', 'b');
    expect(run.state.status).toBe('success');
    expect(applyPipeline(run.state, { type: 'retry', job: 0 }, 0).refused).toBe('wrong_status');
  });
});

describe('resource groups', () => {
  const group = { resourceGroup: 'production' };
  const keyed = (run: PipelineRun) => run.effects.filter((effect) => 'key' in effect);

  it('are asked for when the turn of a job has come, and held until it has finished', () => {
    const run = new PipelineRun([job('a', 0, group)]);
    expect(run.statuses.a).toBe('waiting_for_resource');
    expect(keyed(run)).toEqual([{ type: 'resource_wanted', job: 0, key: 'production' }]);
    run.send('a', { type: 'resource_granted' });
    run.pass('a');
    expect(keyed(run).slice(1)).toEqual([{ type: 'resource_released', job: 0, key: 'production' }]);
  });

  it('are still held while canceling', () => {
    const run = new PipelineRun([job('a', 0, group)]);
    run.send('a', { type: 'resource_granted' });
    run.begin('a');
    run.send('a', { type: 'cancel', by: 'ann', cause: 'canceled' });
    expect(keyed(run)).toHaveLength(1);
    run.end('a');
    expect(keyed(run)).toHaveLength(2);
  });

  it('are let go at once by a job that is cancelled while it waits, and by no job that never asked', () => {
    const run = new PipelineRun([job('a', 0, group), job('b', 1, group)]);
    run.feed({ type: 'cancel', by: 'ann', cause: 'canceled' });
    expect(run.statuses).toEqual({ a: 'canceled', b: 'canceled' });
    expect(keyed(run).slice(1)).toEqual([{ type: 'resource_released', job: 0, key: 'production' }]);
  });
});

describe('events that make no sense', () => {
  it('are refused, and the pipeline is as it was', () => {
    const { state } = new PipelineRun([job('a', 0)]);
    expect(applyPipeline(state, { type: 'job', job: 99, event: { type: 'play' } }, 0)).toEqual({
      state,
      effects: [],
      touched: [],
      refused: 'unknown_job',
    });
    const play = applyPipeline(state, { type: 'job', job: 0, event: { type: 'play' } }, 0);
    expect(play).toEqual({ state, effects: [], touched: [], refused: 'wrong_status' });
  });
});

import { expect, it } from 'vitest';
import { plannedJob } from '../../../test/support/jobs/planned-job.ts';
import { createPipeline, DEFAULT_POLICY, type PipelineEffect } from '../../lifecycle/index.ts';
import { planOf } from '../testing/driver-bench.ts';
import { EventQueue } from './event-queue.ts';

it('goes on with all other effects and events after one that could not be done', async () => {
  const { jobs, stages, autoCancel } = planOf(['a', 'b'].map((name) => plannedJob(name)));
  const done: PipelineEffect['type'][] = [];
  const bugs: unknown[] = [];
  const queue = new EventQueue({
    state: createPipeline(jobs, { stages, autoCancel, policy: DEFAULT_POLICY }),
    clock: { now: () => 0 },
    perform(effect) {
      if (effect.type === 'claimable' && effect.job === 0) throw new Error('no room');
      done.push(effect.type);
    },
    onBug: (error) => bugs.push(error),
    onIdle: () => {},
  });
  expect(await queue.send({ type: 'start' })).toBeNull();
  expect(bugs).toEqual([new Error('no room')]);
  expect(done.filter((type) => type === 'claimable')).toHaveLength(1);
  expect(await queue.send({ type: 'cancel', by: 'ann', cause: 'canceled' })).toBeNull();
  expect(queue.state.status).toBe('canceled');
});

import { describe, expect, it } from 'vitest';
import { plannedJob as job } from '../../../test/support/jobs/planned-job.ts';
import { bench, obedient, planOf } from '../testing/driver-bench.ts';

describe('a child pipeline', () => {
  const trigger = job('start', {
    isTrigger: true,
    trigger: {
      include: [{ local: 'c.yml' }],
      project: null,
      branch: null,
      strategy: 'depend',
      forward: { yamlVariables: true, pipelineVariables: false },
    },
  });

  it('is followed to its end, and its jobs carry the name of the job that started it', async () => {
    const { driver, statuses } = bench([trigger], obedient, { child: planOf([job('inner')]) });
    expect(await driver.run()).toBe('success');
    expect(statuses()).toEqual({ 'start: inner': 'success', start: 'success' });
  });

  it('is cancelled with its parent, gracefully', async () => {
    const { driver, clock, statuses, events } = bench([trigger], obedient, { child: planOf([job('inner')]) });
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    expect(await driver.run()).toBe('canceled');
    expect(statuses()).toEqual({ 'start: inner': 'canceled', start: 'canceled' });
    const inner = events.find((event) => event.type === 'job_finished' && event.name === 'start: inner');
    expect(inner).toMatchObject({ cleanup: { outcome: 'succeeded' } });
  });

  it('is cancelled for the reason its parent was', async () => {
    const { driver, clock, events } = bench([trigger], obedient, { child: planOf([job('inner')]) });
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    await driver.run();
    const inner = events.find((event) => event.type === 'job_finished' && event.name === 'start: inner');
    expect(inner).toMatchObject({ cause: 'runner_shutdown' });
  });

  it('is forced with its parent, also while it is being cancelled', async () => {
    const { driver, clock, events } = bench([trigger], obedient, { child: planOf([job('inner')]) });
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    void clock.sleep(30_500).then(() => driver.forceCancel('SIGINT'));
    expect(await driver.run()).toBe('canceled');
    const inner = events.find((event) => event.type === 'job_finished' && event.name === 'start: inner');
    expect(inner).toMatchObject({ cleanup: { outcome: 'skipped', skippedBy: 'SIGINT' } });
  });

  it('that nobody follows is cancelled with the pipeline that started it', async () => {
    const free = {
      ...trigger,
      trigger: { ...(trigger.trigger as NonNullable<typeof trigger.trigger>), strategy: 'none' },
    } as const;
    const { driver, clock, statuses } = bench([free], obedient, { child: planOf([job('inner')]) });
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    await driver.run();
    expect(statuses()).toEqual({ start: 'success', 'start: inner': 'canceled' });
  });

  it('that cannot be made fails its trigger job', async () => {
    const { driver, statuses, events } = bench([trigger]);
    expect(await driver.run()).toBe('failed');
    expect(statuses()).toEqual({ start: 'failed' });
    expect(events.at(-1)).toMatchObject({ failureReason: 'downstream_pipeline_creation_failed' });
  });
});

import { describe, expect, it } from 'vitest';
import type { AutoClock } from '../../../../test/support/auto-clock.ts';
import { plannedJob as job } from '../../../../test/support/jobs/planned-job.ts';
import { bench, obedient, type Play } from '../../testing/driver-bench.ts';

describe('a job that is cancelled before its script has started', () => {
  it('is taken back while it is handed out: nothing starts', async () => {
    const beforeClaim = (clock: AutoClock) => clock.sleep(10_000);
    const { driver, clock, started, events } = bench([job('a')], obedient, { beforeClaim });
    void clock.sleep(5_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    expect(await driver.run()).toBe('canceled');
    expect(started).toEqual([]);
    const ends = events.filter((event) => event.type === 'job_finished');
    expect(ends).toMatchObject([{ name: 'a', status: 'canceled', cleanup: { outcome: 'not_owed' }, logFile: null }]);
  });

  it('is refused its script', async () => {
    const answers: string[] = [];
    const slow: Play = async ({ askToStart, control }, clock) => {
      await clock.sleep(10_000);
      answers.push(await askToStart());
      expect(control.forced).toMatchObject({ by: 'SIGINT' });
      return { status: 'canceled', cause: 'canceled', cleanup: { outcome: 'not_owed', attempt: 0 } };
    };
    const { driver, clock, events } = bench([job('a')], slow);
    void clock.sleep(5_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    expect(await driver.run()).toBe('canceled');
    expect(answers).toEqual(['refused']);
    expect(events.at(-1)).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' }, logFile: 'log' });
  });
});

describe('a bug that strikes one job', () => {
  const broken: Play = async (work, clock) => {
    if (work.job.name !== 'broken') return obedient(work, clock);
    await work.askToStart();
    throw new Error('no such thing');
  };

  it('ends that job as a failure of the system, lets the others end as they would, and then ends the run', async () => {
    const { driver, statuses, events } = bench([job('broken'), job('fine')], broken);
    await expect(driver.run()).rejects.toThrow('no such thing');
    expect(statuses()).toEqual({ broken: 'failed', fine: 'success' });
    const end = events.find((event) => event.type === 'job_finished' && event.name === 'broken');
    expect(end).toMatchObject({ failureReason: 'runner_system_failure', cleanup: { outcome: 'lost' } });
  });

  it('fails a job that had not even been claimed', async () => {
    const beforeClaim = async () => {
      throw new Error('no payload');
    };
    const { driver, statuses } = bench([job('a')], obedient, { beforeClaim });
    await expect(driver.run()).rejects.toThrow('no payload');
    expect(statuses()).toEqual({ a: 'failed' });
  });
});

it('keeps the resource group of a job that is forced until its runner is done with it', async () => {
  const slowToDie: Play = async ({ askToStart, control }, clock) => {
    await askToStart();
    await clock.sleep(60_000, control.forceSignal);
    await clock.sleep(5_000);
    return { status: 'canceled', cause: 'canceled' };
  };
  const { driver, clock, givenBackAt, statuses } = bench([job('a', { resourceGroup: 'production' })], slowToDie);
  void clock.sleep(10_000).then(() => driver.forceCancel('SIGINT'));
  await driver.run();
  expect(statuses()).toEqual({ a: 'canceled' });
  expect(givenBackAt).toEqual([15_000]);
});

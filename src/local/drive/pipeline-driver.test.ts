import { describe, expect, it } from 'vitest';
import { plannedJob as job } from '../../../test/support/jobs/planned-job.ts';
import { bench, benchOf, failing, obedient, type Play, planOf, START } from '../testing/driver-bench.ts';

describe('a pipeline inside one process', () => {
  it('runs at most as many jobs at once as there are places', async () => {
    let running = 0;
    let most = 0;
    const { driver } = bench(
      ['a', 'b', 'c', 'd', 'e'].map((name) => job(name)),
      async (work, clock) => {
        running += 1;
        most = Math.max(most, running);
        const result = await obedient(work, clock);
        running -= 1;
        return result;
      },
    );
    expect(await driver.run()).toBe('success');
    expect(most).toBe(2);
  });

  it('waits for a delayed job as long as it says, and starts it at once when it is asked for by name', async () => {
    const delayed = job('later', { when: 'delayed', startInMs: 3_600_000 });
    const patient = bench([delayed]);
    await patient.driver.run();
    expect(patient.clock.now()).toBeGreaterThanOrEqual(START + 3_600_000);
    const asked = bench([delayed], obedient, { manual: ['later'] });
    await asked.driver.run();
    expect(asked.clock.now()).toBeLessThan(START + 3_600_000);
  });

  it('starts a delayed job although the wall clock was set back meanwhile', async () => {
    const { driver, clock, statuses } = bench([job('later', { when: 'delayed', startInMs: 60_000 })]);
    void clock.sleep(30_000).then(() => clock.jump(-3_600_000));
    await driver.run();
    expect(statuses()).toEqual({ later: 'success' });
    expect(clock.monotonic()).toBeLessThan(180_000);
  });

  it('leaves a cleanup the time that it asked for, beyond the deadline that there was', async () => {
    const slow: Play = async (work, clock) => {
      await work.askToStart();
      work.onTeardown('succeeded', clock.now() + 300_000);
      const [extraMs, deadline] = [3_600_000, clock.now() + 3_900_000];
      work.onExtended({ cause: 'succeeded', extraMs, deadline });
      await clock.sleep(3_800_000, work.control.forceSignal);
      const outcome = work.control.forced ? 'skipped' : 'succeeded';
      return { cause: 'succeeded', status: 'success', cleanup: { outcome, attempt: 1 } };
    };
    const { driver, events } = bench([job('a')], slow);
    await driver.run();
    expect(events.at(-1)).toMatchObject({ type: 'job_finished', cleanup: { outcome: 'succeeded' } });
    const deadlines = events.flatMap((event) => (event.type === 'job_changed' ? (event.deadline ?? []) : []));
    expect(Math.max(...deadlines) - Math.min(...deadlines)).toBe(3_600_000);
  });

  it('announces a retried job with the id of the one that takes its place', async () => {
    const { driver, events, started } = bench(
      [job('flaky', { retry: { max: 2, when: ['always'], exitCodes: [] } })],
      failing,
    );
    expect(await driver.run()).toBe('failed');
    expect(started).toEqual(['flaky', 'flaky', 'flaky']);
    const ends = events.flatMap((event) => (event.type === 'job_finished' ? [[event.job, event.retriedAs]] : []));
    expect(ends).toEqual([
      [1, 2],
      [2, 3],
      [3, null],
    ]);
  });

  it('lets one job at a time hold a resource group, in the order they came', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => job(name, { resourceGroup: 'production' }));
    const { driver, clock, started, statuses } = bench([a, b, c].flatMap((one) => one ?? []));
    void clock.sleep(30_000).then(() => expect(started).toEqual(['a']));
    expect(await driver.run()).toBe('success');
    expect(started).toEqual(['a', 'b', 'c']);
    expect(clock.now()).toBe(START + 3 * 61_000);
    expect(statuses()).toEqual({ a: 'success', b: 'success', c: 'success' });
  });

  it('ends where only a person could go on', async () => {
    const { driver, statuses } = bench([
      job('gate', { when: 'manual' }),
      job('after', { stage: 'deploy', stageIndex: 1 }),
    ]);
    expect(await driver.run()).toBe('manual');
    expect(statuses()).toEqual({});
  });
});

describe('cancelling it', () => {
  it('tears running jobs down and cancels the others at once, also one that waits for a place', async () => {
    const { driver, clock, started, statuses, events } = bench(['a', 'b', 'c'].map((name) => job(name)));
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    expect(await driver.run()).toBe('canceled');
    expect(started).toEqual(['a', 'b']);
    expect(statuses()).toEqual({ a: 'canceled', b: 'canceled', c: 'canceled' });
    expect(clock.now()).toBe(START + 31_000);
    const [c] = events.filter((event) => event.type === 'job_finished');
    expect(c).toMatchObject({ name: 'c', at: START + 30_000, cleanup: { outcome: 'not_owed' } });
  });

  it('because a job failed, where auto_cancel says so, names that job', async () => {
    const clumsy: Play = (work, clock) => (work.job.name === 'lint' ? failing(work, clock) : obedient(work, clock));
    const plan = planOf([job('lint'), job('slow'), job('later')]);
    const { driver, events } = benchOf({ ...plan, autoCancel: { onNewCommit: 'none', onJobFailure: 'all' } }, clumsy);
    expect(await driver.run()).toBe('failed');
    const canceled = events.filter((event) => event.type === 'job_finished' && event.status === 'canceled');
    expect(canceled).toHaveLength(2);
    expect(canceled).toMatchObject([1, 2].map(() => ({ cause: 'superseded', canceledBy: 'failed job lint' })));
  });

  it('by force records what was skipped and by whom, and still waits for the runner to let go', async () => {
    const { driver, clock, events } = bench([job('a')]);
    void clock.sleep(30_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    void clock.sleep(30_500).then(() => driver.forceCancel('SIGINT'));
    expect(await driver.run()).toBe('canceled');
    expect(events.at(-1)).toMatchObject({
      type: 'job_finished',
      status: 'canceled',
      cleanup: { outcome: 'skipped', skippedBy: 'SIGINT' },
      logFile: 'log',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { plannedJob as job } from '../../../test/support/planned-job.ts';
import { DEFAULT_BUDGETS, LOCAL_CAUSE_RULES, type Plan, type PlannedJob, type Status } from '../../protocol/index.ts';
import type { JobResult } from '../../runner/index.ts';
import type { RunEvent } from '../run-event.ts';
import type { JobReport, JobWork } from './job-work.ts';
import { PipelineDriver } from './pipeline-driver.ts';
import { ReadyQueue } from './ready-queue.ts';

const START = Date.UTC(2026, 0, 1);

function planOf(jobs: readonly PlannedJob[]): Plan {
  return {
    name: null,
    stages: ['test', 'deploy'],
    variables: [],
    autoCancel: { onNewCommit: 'conservative', onJobFailure: 'none' },
    jobs,
  };
}

type Play = (work: JobWork, clock: AutoClock) => Promise<Partial<JobResult>>;

/** A runner as the driver sees it: it takes the job, runs for a minute or until it is told to stop, cleans for a second. */
const obedient: Play = async ({ control, askToStart, onTeardown }, clock) => {
  await askToStart();
  await clock.sleep(60_000, control.interruptSignal);
  const cause = control.interruption?.cause ?? 'succeeded';
  onTeardown(cause, clock.now() + 1_000);
  await clock.sleep(1_000, control.forceSignal);
  const cleanup = { outcome: control.forced ? 'skipped' : 'succeeded', attempt: 1 } as const;
  return { cause, status: LOCAL_CAUSE_RULES[cause].endsAs, cleanup };
};

interface Bench {
  readonly clock: AutoClock;
  readonly driver: PipelineDriver;
  readonly events: RunEvent[];
  readonly started: string[];
  statuses(): Record<string, Status>;
}

function bench(
  jobs: readonly PlannedJob[],
  play: Play = obedient,
  more: { manual?: string[]; child?: Plan | null; beforeClaim?: (clock: AutoClock) => Promise<void> } = {},
): Bench {
  const clock = new AutoClock(START);
  const events: RunEvent[] = [];
  const started: string[] = [];
  const queue = new ReadyQueue(2);
  const work = async (given: JobWork): Promise<JobReport | null> => {
    await more.beforeClaim?.(clock);
    if ((await given.claim(DEFAULT_BUDGETS)) === 'refused') return null;
    started.push(given.displayName);
    const result: JobResult = {
      status: 'success',
      cause: 'succeeded',
      failureReason: null,
      exitCode: null,
      cleanup: { outcome: 'succeeded', attempt: 1 },
      artifacts: [],
      ...(await play(given, clock)),
    };
    return { id: given.id, result, logFile: 'log' };
  };
  const driverOf = (plan: Plan, firstJobId: number, namePrefix: string): PipelineDriver =>
    new PipelineDriver({
      plan,
      firstJobId,
      namePrefix,
      clock,
      queue,
      manual: new Set(more.manual ?? []),
      emit: (event) => void events.push(event),
      work,
      child: async ({ name }) => (more.child ? driverOf(more.child, 1_000, `${name}: `) : null),
    });
  const driver = driverOf(planOf(jobs), 1, '');
  const statuses = () =>
    Object.fromEntries(events.flatMap((event) => (event.type === 'job_finished' ? [[event.name, event.status]] : [])));
  return { clock, driver, events, started, statuses };
}

const failing: Play = async ({ askToStart }) => {
  await askToStart();
  return { status: 'failed', cause: 'failed', failureReason: 'script_failure', exitCode: 1 };
};

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

  it('takes back a job that was handed out and has not been claimed yet: it does not start', async () => {
    const beforeClaim = (clock: AutoClock) => clock.sleep(10_000);
    const { driver, clock, started, events } = bench([job('a')], obedient, { beforeClaim });
    void clock.sleep(5_000).then(() => driver.cancel('SIGINT', 'runner_shutdown'));
    expect(await driver.run()).toBe('canceled');
    expect(started).toEqual([]);
    const ends = events.filter((event) => event.type === 'job_finished');
    expect(ends).toMatchObject([{ name: 'a', status: 'canceled', cleanup: { outcome: 'not_owed' }, logFile: null }]);
  });

  it('refuses the script of a job that was cancelled while it was prepared', async () => {
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

  it('that cannot be made fails its trigger job', async () => {
    const { driver, statuses, events } = bench([trigger]);
    expect(await driver.run()).toBe('failed');
    expect(statuses()).toEqual({ start: 'failed' });
    expect(events.at(-1)).toMatchObject({ failureReason: 'downstream_pipeline_creation_failed' });
  });
});

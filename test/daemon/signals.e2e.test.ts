import { expect, it } from 'vitest';
import { anotherKeystroke, waitUntil } from '../support/wait-until.ts';
import { useRunnerLab } from './support/use-runner-lab.ts';

const LONG = { timeout: 90_000 };

const lab = useRunnerLab();

/** A job whose script has begun. */
async function begin(id: string, more: readonly string[] = [], cleanup = 'true') {
  const job = await lab.push(lab.pipeline(id, cleanup));
  lab.start(more);
  await lab.until(`${id}.begun`);
  return job;
}

it('SIGQUIT lets jobs end, and takes no more', LONG, async () => {
  const job = await begin('quit');
  lab.signal('SIGQUIT');
  const other = await lab.push(lab.pipeline('later'));
  lab.touch('quit.go');
  expect(await lab.ended()).toBe(0);
  expect(await job.read()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  expect(lab.has('later.begun')).toBe(false);
  await lab.api('POST', `${other.path}/cancel`);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s tears jobs down, cleanup included, and ends when that is told',
  LONG,
  async (signal) => {
    const job = await begin(signal);
    lab.signal(signal);
    expect(await lab.ended()).toBe(0);
    expect(await job.read()).toMatchObject({
      status: 'failed',
      failure_reason: 'runner_interrupted',
      teardown: { cause: 'runner_shutdown' },
      cleanup: { outcome: 'succeeded' },
    });
    expect(lab.read(`${signal}.cleaned`)).toBe('canceled runner_shutdown\n');
    expect([lab.homes, lab.leftRunning]).toEqual([[], []]);
  },
);

it('SIGTERM after SIGQUIT tears down, and is no second word', LONG, async () => {
  const job = await begin('both');
  lab.signal('SIGQUIT');
  await waitUntil('it drains', () => lab.read('runner.log').includes('seen to the end first'));
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(0);
  expect(await job.read()).toMatchObject({ teardown: { cause: 'runner_shutdown' }, cleanup: { outcome: 'succeeded' } });
});

it('a second signal leaves the cleanup running, for the next runner', LONG, async () => {
  const job = await begin('twice', ['--no-guard'], lab.waitFor('twice.clean'));
  lab.signal('SIGTERM');
  await lab.until('twice.cleaned');
  await anotherKeystroke();
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(75);
  expect(lab.read('runner.log')).toContain('1 job is left in');
  expect(lab.homes).toHaveLength(1);
  lab.start();
  lab.touch('twice.clean');
  expect(await job.ended()).toMatchObject({
    teardown: { cause: 'runner_shutdown' },
    cleanup: { outcome: 'succeeded', attempt: 1 },
  });
  expect(lab.read('twice.cleaned')).toBe('canceled runner_shutdown\n');
});

it('a teardown that takes longer than shutdown_timeout is left to the next runner', LONG, async () => {
  const job = await lab.push(lab.pipeline('late', lab.waitFor('late.clean')));
  lab.startFrom('shutdown_timeout = 1', ['--no-guard']);
  await lab.until('late.begun');
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(75);
  expect(lab.has('late.cleaned')).toBe(true);
  lab.start();
  lab.touch('late.clean');
  expect(await job.ended()).toMatchObject({ cleanup: { outcome: 'succeeded', attempt: 1 } });
  expect(lab.read('late.cleaned')).toBe('canceled runner_shutdown\n');
});

it('SIGTERM with --detach-on-shutdown leaves the script running, for the next runner', LONG, async () => {
  const job = await begin('detach', ['--detach-on-shutdown']);
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(0);
  expect((await job.read()).status).toBe('running');
  expect(lab.has('detach.cleaned')).toBe(false);
  lab.start();
  lab.touch('detach.go');
  expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
});

import { expect, it } from 'vitest';
import { anotherKeystroke, waitUntil } from '../support/wait-until.ts';
import { useRunnerLab } from './support/use-runner-lab.ts';

const LONG = { timeout: 90_000 };

const lab = useRunnerLab();

const guardLog = () => (lab.has('runner/guard.log') ? lab.read('runner/guard.log') : '');

it('finishes the job of a runner that is killed, takes no other, and leaves', LONG, async () => {
  const job = await lab.push(lab.pipeline('killed'));
  lab.start();
  await lab.until('killed.begun');
  await lab.kill();
  await waitUntil('the guard goes on with it', () => guardLog().includes('goes on with what'));
  const other = await lab.push(lab.pipeline('other'));
  lab.touch('killed.go');
  expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  await lab.untilNothingIsLeft();
  expect(lab.has('other.begun')).toBe(false);
  await lab.api('POST', `${other.path}/cancel`);
});

it('gives way to a runner that starts meanwhile, which goes on with the job', LONG, async () => {
  const job = await lab.push(lab.pipeline('way'));
  lab.start();
  await lab.until('way.begun');
  const before = guardLog().length;
  await lab.kill();
  await waitUntil('the guard goes on with it', () => guardLog().slice(before).includes('goes on with what'));
  lab.start();
  await waitUntil('the runner has taken over', () => lab.read('runner.log').includes('takes over from the process'));
  await waitUntil('the guard leaves it to that', () => guardLog().slice(before).includes('1 job is left'));
  lab.touch('way.go');
  expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(0);
  await lab.untilNothingIsLeft();
});

it('goes on with what a second signal has left', LONG, async () => {
  const job = await lab.push(lab.pipeline('second', lab.waitFor('second.clean')));
  lab.start();
  await lab.until('second.begun');
  lab.signal('SIGTERM');
  await lab.until('second.cleaned');
  await anotherKeystroke();
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(75);
  expect(lab.read('runner.log')).toContain('the guard of this runner goes on');
  lab.touch('second.clean');
  expect(await job.ended()).toMatchObject({
    teardown: { cause: 'runner_shutdown' },
    cleanup: { outcome: 'succeeded' },
  });
  await lab.untilNothingIsLeft();
});

it('leaves with a runner that has nothing left to do', LONG, async () => {
  lab.start();
  await waitUntil(
    'it takes jobs',
    () => /takes jobs of[^\n]*\n$/.test(lab.read('runner.log')) && lab.leftRunning.length > 0,
  );
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(0);
  await lab.untilNothingIsLeft();
});

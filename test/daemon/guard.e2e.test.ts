import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';
import { RunnerLab } from './support/runner-lab.ts';

const LONG = { timeout: 90_000 };

const lab = new RunnerLab();
beforeAll(() => lab.open(), 60_000);
afterAll(() => lab.close(), 60_000);
afterEach(async () => {
  if (lab.isRunning) await lab.kill();
});

const file = (name: string) => waitUntil(`${name} is there`, () => lab.has(name));
const waitFor = (name: string) => `while [ ! -e ${lab.root}/${name} ]; do sleep 0.02; done`;
const nothingIsLeft = () => waitUntil('nothing is left', () => lab.homes.length === 0 && lab.leftRunning.length === 0);
const guardLog = () => (lab.has('runner/guard.log') ? lab.read('runner/guard.log') : '');

const pipeline = (id: string, cleanup = 'true') => `
job:
  script:
    - touch ${lab.root}/${id}.begun
    - ${JSON.stringify(waitFor(`${id}.go`))}
  after_script:
    - echo "$CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE" >> ${lab.root}/${id}.cleaned
    - ${JSON.stringify(cleanup)}
`;

it('finishes the job of a runner that is killed, takes no other, and leaves', LONG, async () => {
  const job = await lab.push(pipeline('killed'));
  lab.start();
  await file('killed.begun');
  await lab.kill();
  await waitUntil('the guard goes on with it', () => guardLog().includes('goes on with what'));
  const other = await lab.push(pipeline('other'));
  lab.touch('killed.go');
  expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  await nothingIsLeft();
  expect(lab.has('other.begun')).toBe(false);
  await lab.api('POST', `${other.path}/cancel`);
});

it('gives way to a runner that starts meanwhile, which goes on with the job', LONG, async () => {
  const job = await lab.push(pipeline('way'));
  lab.start();
  await file('way.begun');
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
  await nothingIsLeft();
});

it('goes on with what a second signal has left', LONG, async () => {
  const job = await lab.push(pipeline('second', waitFor('second.clean')));
  lab.start();
  await file('second.begun');
  lab.signal('SIGTERM');
  await file('second.cleaned');
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(75);
  expect(lab.read('runner.log')).toContain('the guard of this runner goes on');
  lab.touch('second.clean');
  expect(await job.ended()).toMatchObject({
    teardown: { cause: 'runner_shutdown' },
    cleanup: { outcome: 'succeeded' },
  });
  await nothingIsLeft();
});

it('leaves with a runner that has nothing left to do', LONG, async () => {
  lab.start();
  await waitUntil(
    'it takes jobs',
    () => /takes jobs of[^\n]*\n$/.test(lab.read('runner.log')) && lab.leftRunning.length > 0,
  );
  lab.signal('SIGTERM');
  expect(await lab.ended()).toBe(0);
  await nothingIsLeft();
});

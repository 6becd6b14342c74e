import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { isThere } from './support/is-there.ts';
import { runnerPid } from './support/runner-pid.ts';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

let serving: Serving;

beforeEach(async () => {
  serving = await Serving.start('SQLite');
});
afterEach(() => serving.dispose());

it('ends a runner that is told to stop while its server is away, and tells the next server how its job has ended', async () => {
  const begun = `${serving.outside}/begun`;
  const cleaned = `${serving.outside}/cleaned`;
  const project = new ServedProject(serving);
  const pipeline = await project.start(
    `slow: {script: [touch "${begun}", sleep 100], after_script: [echo all clean, touch "${cleaned}"]}`,
  );
  await waitUntil('the script has begun', () => isThere(begun));
  const runner = runnerPid(serving);
  await serving.stop('SIGKILL');
  process.kill(runner, 'SIGTERM');
  await waitUntil('the runner has ended', () => !isAlive(runner));
  expect(isThere(cleaned)).toBe(true);
  await serving.start();
  const job = await project.untilJob(pipeline, 'slow', 'failed');
  expect(job).toMatchObject({ failure_reason: 'runner_interrupted', cleanup: { outcome: 'succeeded' } });
  expect(await project.trace(job)).toContain('\nall clean\n');
});

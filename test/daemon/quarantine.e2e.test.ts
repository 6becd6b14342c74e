import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { Serving } from '../serve/support/serving.ts';
import { PROGRAM } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

let serving: Serving;
let runner: ChildProcess | null;
let said: string;

beforeEach(async () => {
  [runner, said] = [null, ''];
  serving = await Serving.start('SQLite', '--no-runner');
});

afterEach(async () => {
  if (runner !== null && runner.exitCode === null) {
    const ended = once(runner, 'exit');
    runner.kill('SIGTERM');
    await ended;
  }
  await serving.dispose();
});

const PIPELINE =
  '.job: {script: [echo hello], after_script: [exit 1]}\none: {extends: .job}\ntwo: {extends: .job}\nthree: {extends: .job}\n';

it('is told to our coordinator, which shows it, and is lifted there by one call', async () => {
  const { json: made } = await serving.ask('POST', '/api/v4/user/runners', { body: { runner_type: 'instance_type' } });
  const config = join(serving.root, 'runner.toml');
  const places = ['--config', config, '--working-directory', join(serving.root, 'runner')];
  // Two commands, and there is a runner.
  serving.run(
    'runner',
    'register',
    '-n',
    '--config',
    config,
    '--url',
    serving.base,
    '--token',
    made.token,
    '--name',
    'here',
  );
  runner = spawn(PROGRAM, ['runner', 'run', ...places, '--no-guard'], {
    ...{ env: serving.environment(), stdio: ['ignore', 'ignore', 'pipe'] },
  });
  runner.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const project = new ServedProject(serving);
  await project.start(PIPELINE);
  await waitUntil('three cleanups have gone wrong', () => said.includes('here takes no more jobs'));
  const shown = await waitUntil('the coordinator shows it', async () => {
    return (await serving.ask('GET', `/api/v4/runners/${made.id}`)).json.quarantined;
  });
  expect(shown.reason).toMatch(/job \d+: failed/);

  const later = await project.start('late: {script: [echo hello]}\n');
  expect((await serving.ask('POST', `/api/v4/runners/${made.id}/release`)).status).toBe(201);
  await waitUntil('the job runs', async () => (await project.pipeline(later)).status === 'success', 40_000);
  expect(said).toContain('here was released at its server: it takes jobs again');
  expect((await serving.ask('GET', `/api/v4/runners/${made.id}`)).json.quarantined).toBeNull();
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { Serving } from '../serve/support/serving.ts';
import { waitUntil } from '../support/wait-until.ts';

/** gitlab-python-runner, a runner that others wrote: with forms, without `system_id`, checksums and graceful cancels. */
const PYTHON = process.env.EPILOGUE_TEST_PYTHON_CLIENTS;
const TAG = 'py';
const FILE = `
default: {tags: [${TAG}]}
stages: [make, use]
make:
  stage: make
  script: [mkdir out, echo data > out/a.txt, echo "made by $CI_JOB_NAME"]
  after_script: [echo "cleaned up"]
  artifacts: {paths: [out]}
use:
  stage: use
  needs: [make]
  script: [cat out/a.txt, echo "used by $CI_JOB_NAME"]
`;
/** Each tick is more than its runner holds back. */
const SLOW = `
default: {tags: [${TAG}]}
slow:
  script: [echo begun, 'while ! test -e "$OUTSIDE/enough"; do printf "tick%2000s\\n" ""; sleep 0.2; done']
  after_script: [echo bye]
dear: {script: "true", interruptible: graceful}
`;

let serving: Serving;
let home: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  // Its own runner has no such tag.
  serving = await Serving.start('SQLite');
  home = join(serving.root, 'python-runner');
  mkdirSync(home);
});

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await serving.dispose();
});

/** Resolves when it ends. It runs one job at most when it is told `--once`. */
async function runner(...words: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const argv = ['-m', 'GitlabPyRunner', ...words];
  const env = { ...serving.environment(), OUTSIDE: serving.outside };
  const child = spawn(join(PYTHON ?? '', 'python'), argv, { cwd: home, env, timeout: 50_000 });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return { code, said };
}

const runOne = () => runner('--start', 'gitlab-runner.yml', '--once');

async function register(project: ServedProject): Promise<void> {
  const { json } = await project.ask('/runners/reset_registration_token', 'POST');
  const words = ['--register', serving.base, '--regtoken', json.token, '--tag', TAG, '--shell', '/bin/sh'];
  expect(await runner(...words)).toMatchObject({ code: 0 });
}

it.skipIf(PYTHON === undefined)('serves gitlab-python-runner, from its registration to its leave', async () => {
  const project = new ServedProject(serving);
  const pipeline = await project.start(FILE);
  await register(project);
  expect((await project.ask('/runners?type=project_type')).json).toMatchObject([
    { description: expect.stringMatching(/./) },
  ]);

  expect(await runOne()).toMatchObject({ code: 0 });
  const make = await project.untilJob(pipeline, 'make', 'success');
  expect(await project.trace(make)).toContain('made by make');
  expect(await project.trace(make)).toContain('cleaned up');
  expect((await project.ask(`/jobs/${make.id}/artifacts/out/a.txt`)).text).toBe('data\n');

  expect(await runOne()).toMatchObject({ code: 0 });
  const use = await project.untilJob(pipeline, 'use', 'success');
  expect(await project.trace(use)).toMatch(/^data$/m);

  expect(await runner('--unregister')).toMatchObject({ code: 0 });
  expect((await project.ask('/runners?type=project_type')).json).toEqual([]);
  expect(serving.complaints()).toEqual([]);
});

it.skipIf(PYTHON === undefined)(
  'takes a job at once from a runner that cannot clean up first, and gives it none that must',
  async () => {
    const project = new ServedProject(serving);
    const pipeline = await project.start(SLOW);
    await register(project);
    const running = runOne();
    const slow = await project.untilJob(pipeline, 'slow', 'running');
    await waitUntil('the script prints', async () => (await project.trace(slow)).includes('tick'));
    expect(await project.cancelJob(slow)).toMatchObject({ status: 'canceled', cleanup: { outcome: 'lost' } });
    // Its script goes on even when it has heard that.
    writeFileSync(join(serving.outside, 'enough'), '');
    expect((await running).code).not.toBe(0);
    const log = await project.trace(slow);
    expect(log).toContain('begun');
    expect(log).not.toMatch(/^bye$/m);
    // A job that is owed its cleanup under all circumstances is not for it.
    expect(await project.statuses(pipeline)).toEqual({ slow: 'canceled', dear: 'pending' });
    expect(serving.complaints()).toEqual([]);
  },
);

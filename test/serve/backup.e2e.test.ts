import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

const CI = `
make:
  script: [echo made, echo data > a.txt]
  artifacts: {paths: [a.txt]}
slow:
  script: [echo begun, sleep 100]
`;

let serving: Serving;

beforeEach(async () => {
  serving = await Serving.start('SQLite');
});
afterEach(() => serving.dispose());

it('copies a coordinator that runs a job into one file, which is served again with all that it kept', async () => {
  const { dataDir } = serving;
  const file = join(serving.root, 'backup.tar');
  const project = new ServedProject(serving);
  const pipeline = await project.start(CI);
  const made = await project.untilJob(pipeline, 'make', 'success');
  const slow = await project.untilJob(pipeline, 'slow', 'running');
  await waitUntil('it prints', async () => (await project.trace(slow)).includes('\nbegun'));
  const log = await project.trace(made);

  const backUp = () => serving.run('admin', 'backup', file, '--data-dir', dataDir);
  expect(backUp()).toContain(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('backup-'))).toEqual([]);
  expect(backUp).toThrow(/is there already/);
  expect(serving.run('admin', 'obligations', '--data-dir', dataDir)).toBe('');
  await serving.stop();
  rmSync(dataDir, { recursive: true });

  mkdirSync(dataDir, { mode: 0o700 });
  execFileSync('tar', ['-xpf', file, '-C', dataDir]);
  expect(serving.run('admin', 'check', '--data-dir', dataDir)).toBe('all is as it should be\n');
  await serving.start('--no-runner');
  expect(await project.trace(made)).toBe(log);
  expect(await project.trace(slow)).toContain('\nbegun');
  expect((await project.ask(`/jobs/${made.id}/artifacts/a.txt`)).text).toBe('data\n');
  expect((await project.ask('/repository/files/.gitlab-ci.yml/raw?ref=main')).text).toBe(CI);
  expect((await project.job(pipeline, 'slow')).status).toBe('running');
});

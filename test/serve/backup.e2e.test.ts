import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Served, ShopClient } from '../support/shop-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const CI = `
make:
  script: [echo made, echo data > a.txt]
  artifacts: {paths: [a.txt]}
slow:
  script: [echo begun, sleep 100]
`;

let served: Served;

beforeEach(() => {
  served = new Served();
});
afterEach(() => served.dispose());

it('copies a coordinator that runs a job into one file, which is served again with all that it kept', async () => {
  const [data, restored, file] = [served.path('data'), served.path('restored'), served.path('backup.tar')];
  const base = await served.serve(data);
  const token = served.token(data);
  served.push(base, token, CI);
  const before = new ShopClient(base, token);
  const made = await before.jobIn('make', 'success');
  const slow = await before.jobIn('slow', 'running');
  await waitUntil('it prints', async () => (await before.text(`/jobs/${slow.id}/trace`)).includes('\nbegun'));
  const log = await before.text(`/jobs/${made.id}/trace`);

  expect(served.epilogue('admin', 'backup', file, '--data-dir', data)).toContain(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(data).filter((name) => name.startsWith('backup-'))).toEqual([]);
  expect(() => served.epilogue('admin', 'backup', file, '--data-dir', data)).toThrow(/is there already/);
  expect(served.epilogue('admin', 'obligations', '--data-dir', data)).toBe('');
  await served.stop();
  rmSync(data, { recursive: true });

  mkdirSync(restored, { mode: 0o700 });
  served.run('tar', ['-xpf', file, '-C', restored]);
  expect(served.epilogue('admin', 'check', '--data-dir', restored)).toBe('all is as it should be\n');
  const after = new ShopClient(await served.serve(restored, ['--no-runner']), token);
  expect(await after.text(`/jobs/${made.id}/trace`)).toBe(log);
  expect(await after.text(`/jobs/${slow.id}/trace`)).toContain('\nbegun');
  expect(await after.text(`/jobs/${made.id}/artifacts/a.txt`)).toBe('data\n');
  expect(await after.text('/repository/files/.gitlab-ci.yml/raw?ref=main')).toBe(CI);
  expect((await after.job('slow'))?.status).toBe('running');
});

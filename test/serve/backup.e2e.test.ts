import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

const CI = `
make:
  script: [echo "made $SECRET", echo data > a.txt]
  artifacts: {paths: [a.txt]}
slow:
  script: [echo begun, sleep 100]
`;

let root: string;
const servers: ChildProcess[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-backup-')));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server);
  rmSync(root, { recursive: true, force: true });
});

function run(file: string, words: readonly string[], cwd = root): string {
  const person = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@ci.example' };
  const committer = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@ci.example', GIT_CONFIG_GLOBAL: '/dev/null' };
  const env = { PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root, ...person, ...committer };
  return execFileSync(file, words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Serves this data; its address. */
async function serve(data: string, ...more: string[]): Promise<string> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--data-dir', data, ...more];
  const server = spawn(PROGRAM, words, { env: { PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root } });
  servers.push(server);
  let output = '';
  server.stderr?.resume();
  server.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return (await waitUntil('the server answers', () => /listening on (\S+)\n/.exec(output)))[1] ?? '';
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly status: string;
}

function clientOf(base: string, token: string) {
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${base}/api/v4/projects/root%2Fshop${path}`, { ...init, headers: { 'private-token': token } });
  const job = async (name: string): Promise<Job | undefined> =>
    ((await (await ask('/jobs')).json()) as readonly Job[]).find((each) => each.name === name);
  return { ask, job, text: async (path: string) => (await ask(path)).text() };
}

it('copies a coordinator that runs a job into one file, which is served again with all that it kept', async () => {
  const [data, restored, file] = ['data', 'restored', 'backup.tar'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const base = await serve(data);
  const words = ['admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', data];
  const token = run(PROGRAM, words).trim();
  const work = join(root, 'work');
  run('git', ['init', '--quiet', '--initial-branch=main', work]);
  writeFileSync(join(work, '.gitlab-ci.yml'), CI);
  run('git', ['add', '--all'], work);
  run('git', ['commit', '--quiet', '--message=First'], work);
  run('git', ['push', '--quiet', `${base.replace('://', `://root:${token}@`)}/root/shop.git`, 'main'], work);
  const before = clientOf(base, token);
  const made = await waitUntil('a job has ended', async () => {
    const job = await before.job('make');
    return job?.status === 'success' ? job : undefined;
  });
  const slow = await waitUntil('another one prints', async () => {
    const job = await before.job('slow');
    return job !== undefined && (await before.text(`/jobs/${job.id}/trace`)).includes('\nbegun') ? job : undefined;
  });
  const log = await before.text(`/jobs/${made.id}/trace`);

  expect(run(PROGRAM, ['admin', 'backup', file, '--data-dir', data])).toContain(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(data).filter((name) => name.startsWith('backup-'))).toEqual([]);
  expect(() => run(PROGRAM, ['admin', 'backup', file, '--data-dir', data])).toThrow(/is there already/);
  expect(run(PROGRAM, ['admin', 'obligations', '--data-dir', data])).toBe('');
  for (const server of servers.splice(0)) await stop(server);
  rmSync(data, { recursive: true });

  mkdirSync(restored, { mode: 0o700 });
  run('tar', ['-xpf', file, '-C', restored]);
  expect(run(PROGRAM, ['admin', 'check', '--data-dir', restored])).toBe('all is as it should be\n');
  const after = clientOf(await serve(restored, '--no-runner'), token);
  expect(await after.text(`/jobs/${made.id}/trace`)).toBe(log);
  expect(await after.text(`/jobs/${slow.id}/trace`)).toContain('\nbegun');
  expect(await after.text(`/jobs/${made.id}/artifacts/a.txt`)).toBe('data\n');
  expect(await after.text('/repository/files/.gitlab-ci.yml/raw?ref=main')).toBe(CI);
  expect((await after.job('slow'))?.status).toBe('running');
});

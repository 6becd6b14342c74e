import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

let root: string;
let server: ChildProcess;
let output: string;
let base: string;
let token: string;

const env = () => ({
  PATH: process.env.PATH ?? '',
  HOME: root,
  TMPDIR: root,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
});
const data = () => join(root, 'data');

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-serve-')));
  await start();
  token = program('admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', data()).trim();
});

afterEach(async () => {
  await stop();
  rmSync(root, { recursive: true, force: true });
});

async function start(...more: string[]): Promise<void> {
  output = '';
  server = spawn(PROGRAM, ['serve', '--listen', '127.0.0.1:0', '--data-dir', data(), ...more], {
    env: env(),
    stdio: 'pipe',
  });
  server.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  server.stderr?.resume();
  base = (await waitUntil('the server answers', () => /listening on (\S+)\n/.exec(output)))[1] ?? '';
}

async function stop(): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

function program(...words: string[]): string {
  return execFileSync(PROGRAM, words, { env: env(), encoding: 'utf8' });
}

/** Pushes a commit with this CI file; what git was told. */
function push(ci: string): string {
  const dir = join(root, 'work');
  const git = (...words: string[]): void => {
    execFileSync('git', words, { cwd: dir, env: env(), stdio: 'ignore' });
  };
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', dir], { env: env() });
  writeFileSync(join(dir, '.gitlab-ci.yml'), ci);
  git('add', '--all');
  git('commit', '--quiet', '--message=First');
  const url = base.replace('://', `://root:${token}@`);
  const words = ['-c', `push "${url}/root/shop.git" main 2>&1`.replace(/^/, 'git ')];
  return execFileSync('sh', words, { cwd: dir, env: env(), encoding: 'utf8' });
}

async function api(path: string, method = 'GET'): Promise<Response> {
  return await fetch(`${base}/api/v4/projects/root%2Fshop${path}`, { method, headers: { 'private-token': token } });
}

interface Job {
  readonly id: number;
  readonly status: string;
  readonly phase: string | null;
  readonly cleanup: { readonly outcome: string | null };
}

async function jobNamed(name: string): Promise<Job | undefined> {
  const pipelines = (await (await api('/pipelines')).json()) as readonly { id: number }[];
  const jobs = (await (await api(`/pipelines/${pipelines[0]?.id}/jobs`)).json()) as readonly (Job & { name: string })[];
  return jobs.find((job) => job.name === name);
}

async function traceOf({ id }: Job): Promise<string> {
  return await (await api(`/jobs/${id}/trace`)).text();
}

const jobIn = (name: string, status: string): Promise<Job> =>
  waitUntil(`${name} is ${status}`, async () => {
    const job = await jobNamed(name);
    return job?.status === status ? job : undefined;
  });

describe('a coordinator with its runner', () => {
  it('signs the administrator in once, by the link of the first start', async () => {
    const link = /once: (\S+)/.exec(output)?.[1] ?? '';
    const first = await fetch(link);
    expect(first.status).toBe(200);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^epilogue_session=/);
    expect((await fetch(`${base}/api/v4/projects/1/pipelines`, { headers: { cookie } })).status).toBe(404);
    expect((await fetch(link)).status).toBe(410);
  });

  it('makes a project and a pipeline of a push, and runs its job', async () => {
    const told = push('hello: {script: [echo "hello $CI_COMMIT_BRANCH from $CI_PROJECT_PATH"]}\n');
    expect(told).toContain(`${base}/root/shop/-/pipelines/1`);
    const job = await jobIn('hello', 'success');
    expect(await traceOf(job)).toContain('\nhello main from root/shop\n');
    const [pipeline] = (await (await api('/pipelines')).json()) as readonly { status: string }[];
    expect(pipeline?.status).toBe('success');
  });

  it('keeps artifacts, hands them and dotenv variables on, and gives them whole and file by file', async () => {
    push(`
stages: [one, two]
make:
  stage: one
  script: [mkdir out, echo data > out/a.txt, echo "NAME=world" > vars.env]
  artifacts: {paths: [out], reports: {dotenv: vars.env}}
use:
  stage: two
  script: [test "$(cat out/a.txt)" = data, test "$NAME" = world]
`);
    await jobIn('use', 'success');
    const made = await jobIn('make', 'success');
    const whole = await api(`/jobs/${made.id}/artifacts`);
    expect(
      Buffer.from(await whole.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    expect(await (await api(`/jobs/${made.id}/artifacts/out/a.txt`)).text()).toBe('data\n');
    expect((await api(`/jobs/${made.id}/artifacts/..%2f..%2fetc/passwd`)).status).toBe(404);
    expect(await (await api('/jobs/artifacts/main/raw/out/a.txt?job=make')).text()).toBe('data\n');
    expect((await api(`/jobs/${made.id}/artifacts`, 'DELETE')).status).toBe(204);
    expect((await api(`/jobs/${made.id}/artifacts`)).status).toBe(404);
  });

  it('cancels gracefully: the cleanup runs, is seen live, and the job ends as canceled', async () => {
    const gate = join(root, 'go');
    push(`
slow:
  script: [touch "${root}/begun", sleep 100]
  after_script: ['echo "cleaning, $CI_JOB_STATUS"', 'until [ -e "${gate}" ]; do sleep 0.05; done', touch "${root}/cleaned"]
`);
    await waitUntil('the script has begun', () => readable(join(root, 'begun')));
    const running = await jobIn('slow', 'running');
    expect((await api('/pipelines/1/cancel', 'POST')).status).toBe(200);
    const canceling = await jobIn('slow', 'canceling');
    expect(canceling.phase).toBe('teardown');
    await waitUntil('the cleanup is seen', async () => (await traceOf(running)).includes('\ncleaning, canceled\n'));
    expect((await jobNamed('slow'))?.status).toBe('canceling');
    writeFileSync(gate, '');
    const ended = await jobIn('slow', 'canceled');
    expect(ended.cleanup.outcome).toBe('succeeded');
    expect(readable(join(root, 'cleaned'))).toBe(true);
  });

  it('runs the cleanup of what runs when it is told to stop, and goes on from there when it is started again', async () => {
    push(`
slow:
  script: [touch "${root}/begun", sleep 100]
  after_script: [touch "${root}/cleaned"]
`);
    await waitUntil('the script has begun', () => readable(join(root, 'begun')));
    await stop();
    expect(readable(join(root, 'cleaned'))).toBe(true);
    await start();
    expect(await jobIn('slow', 'failed')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
  });

  it('runs the cleanup of a job whose runner was killed, once the runner is there again', async () => {
    push(`
slow:
  script: [touch "${root}/begun", sleep 100]
  after_script: [touch "${root}/cleaned"]
`);
    await waitUntil('the script has begun', () => readable(join(root, 'begun')));
    process.kill(runnerPid(), 'SIGKILL');
    await waitUntil('the cleanup has run', () => readable(join(root, 'cleaned')));
    expect(await jobIn('slow', 'failed')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
  });

  it('makes a demo project on request, whose pipeline starts at once and gives its machine back when it is cancelled', async () => {
    await stop();
    await start('--demo');
    await waitUntil('the demo is there', () => output.includes(`${base}/demo/graceful/-/pipelines/1\n`));
    const headers = { 'private-token': token };
    const demo = `${base}/api/v4/projects/demo%2Fgraceful`;
    const machines = () =>
      execFileSync('sh', ['-c', 'ls epilogue-demo-cloud-* 2>/dev/null || :'], { cwd: root }).toString();
    await waitUntil('its machine is up', () => machines().includes('demo-'));
    await fetch(`${demo}/pipelines/1/cancel`, { method: 'POST', headers });
    await waitUntil('it is canceled', async () => {
      const pipeline = (await (await fetch(`${demo}/pipelines/1`, { headers })).json()) as { status: string };
      return pipeline.status === 'canceled';
    });
    expect(machines()).toBe('');
  });

  it('refuses a second server on the same data', () => {
    const words = ['serve', '--listen', '127.0.0.1:0', '--data-dir', data()];
    expect(() => execFileSync(PROGRAM, words, { env: env(), encoding: 'utf8', stdio: 'pipe' })).toThrow(
      /another coordinator runs on/,
    );
  });
});

/** Of the runner that this server started. */
function runnerPid(): number {
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes('runner') && words.includes(join(data(), 'runner'));
    } catch {
      return false;
    }
  });
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

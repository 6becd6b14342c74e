import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { payload } from '../../../../test/support/jobs/payload.ts';
import { realClock } from '../../../base/index.ts';
import { COOKIE_VARIABLE, createScriptedMachine, type JobSpec, type Place } from '../../../executors/index.ts';
import { type JobPayload, plainVariable } from '../../../protocol/index.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../../../runner/index.ts';
import { openSources } from './sources.ts';

let dir = '';
let sha = '';
let log = '';
const pauses: number[] = [];

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-sources-')));
  log = '';
  pauses.length = 0;
  mkdirSync(project());
  mkdirSync(join(dir, 'origin'));
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(dir, 'origin', 'file'), 'x');
  git('add', '--all');
  git('commit', '--quiet', '--message=Start');
  sha = git('rev-parse', 'HEAD').trim();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: dir,
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Ada'],
      [`GIT_${who}_EMAIL`, 'ada@example.com'],
    ]),
  ),
});
const project = () => join(dir, 'project');

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: join(dir, 'origin'), env: environment(), encoding: 'utf8' });
}

interface Wish {
  readonly variables?: Readonly<Record<string, string>>;
  readonly job?: Partial<JobPayload>;
  readonly settings?: Partial<RunnerSettings>;
  readonly refusal?: string;
  readonly url?: string;
  /** Left out: one on this machine. */
  readonly place?: Place;
}

/** Sources of a job. @returns how they are brought, once more at each call */
function sourcesOf({
  variables = {},
  job = {},
  settings = {},
  refusal,
  url,
  place = here(),
}: Wish = {}): () => Promise<void> {
  const given = payload({
    token: 'job-token',
    git_info: { repo_url: url ?? join(dir, 'origin'), sha, depth: 20, refspecs: [`+${sha}:refs/pipelines/1`] },
    variables: Object.entries(variables).map(([key, value]) => plainVariable(key, value, { raw: false })),
    ...job,
  });
  const bring = openSources({
    payload: given,
    build: { buildsDir: dir, refusal: refusal ?? null },
    settings: { ...DEFAULT_RUNNER_SETTINGS, ...settings },
    directory: dir,
    clock: { sleep: async (ms) => void pauses.push(ms) },
  });
  return () =>
    bring(place, new AbortController().signal, (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
      log += text.replaceAll(/\u001b\[[\d;]*m/g, '');
    });
}

const here = () => ({ host: { dir: project(), environment: environment() } }) as unknown as Place;

describe('a job whose place is elsewhere', () => {
  const spec = (): JobSpec => ({
    ...{ stepsDir: join(dir, 'steps'), projectDir: '/builds/shop', cookie: 'c'.repeat(32), image: null, services: [] },
    ...{ environment: { ...environment(), PATH: `${join(dir, 'bin')}:${environment().PATH}` } },
    ...{ variables: {}, preStopHandler: null },
  });

  it('has its sources fetched here, by programs that are found as the job’s, and sent', async () => {
    const machine = createScriptedMachine({ clock: realClock, perform: () => [] });
    const place = await machine.executor().prepare(spec(), new AbortController().signal);
    const marked = join(dir, 'marked');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    mkdirSync(join(dir, 'bin'));
    writeFileSync(join(dir, 'bin/git'), `#!/bin/sh\necho "$${COOKIE_VARIABLE}" >${marked}\nexec ${real} "$@"\n`);
    chmodSync(join(dir, 'bin/git'), 0o755);
    const bring = sourcesOf({ place });
    await bring();
    expect(readFileSync(marked, 'utf8')).toBe(`${place.host.environment[COOKIE_VARIABLE]}\n`);
    expect(machine.files(spec()).read('file')?.toString()).toBe('x');
    expect(machine.files(spec()).paths()).toContain('.git/HEAD');
    machine.files(spec()).write('left', '');
    await bring();
    expect(machine.files(spec()).paths()).not.toContain('left');
    await sourcesOf({ place, variables: { GIT_STRATEGY: 'none' } })();
    expect(machine.files(spec()).paths()).toContain('file');
    expect(readdirSync(project())).toEqual([]);
  });
});

describe('the strategy of a job', () => {
  it('is what its variables say, else what the server does', async () => {
    await sourcesOf()();
    writeFileSync(join(project(), '.git', 'left'), '');
    log = '';
    await sourcesOf({ job: { allow_git_fetch: false } })();
    expect(log).toContain('Created fresh repository.');
    log = '';
    await sourcesOf({ job: { allow_git_fetch: false }, variables: { GIT_STRATEGY: 'fetch' } })();
    expect(log).toContain('is here already');
    log = '';
    await sourcesOf({ variables: { GIT_STRATEGY: 'clone' } })();
    expect(log).toContain('Created fresh repository.');
  });

  it('leaves the directory as it is, or empties it, with the words of the runner of GitLab', async () => {
    writeFileSync(join(project(), 'left'), '');
    await sourcesOf({ variables: { GIT_STRATEGY: 'none' } })();
    expect(readdirSync(project())).toEqual(['left']);
    expect(log).toBe('Skipping Git repository setup\nSkipping Git checkout\nSkipping Git submodules setup\n');
    await sourcesOf({ variables: { GIT_STRATEGY: 'empty' } })();
    expect(readdirSync(project())).toEqual([]);
    expect(log).toContain('Skipping Git repository setup and creating an empty build directory\n');
  });

  it('is tried again in an empty directory', async () => {
    const bring = sourcesOf();
    await bring();
    writeFileSync(join(project(), 'left'), '');
    log = '';
    await bring();
    expect(log).toMatch(/^Deleting all tracked and untracked files due to source fetch failure\nFetching changes/);
    expect(readdirSync(project()).toSorted()).toEqual(['.git', 'file']);
  });
});

it('cleans as its variables say', async () => {
  await sourcesOf()();
  for (const name of ['made', 'kept']) writeFileSync(join(project(), name), '');
  await sourcesOf({ variables: { GIT_CLEAN_FLAGS: '-ffdx -e kept' } })();
  expect(log).toContain('Removing made\n');
  expect(readdirSync(project()).toSorted()).toEqual(['.git', 'file', 'kept']);
  await sourcesOf({ variables: { GIT_CLEAN_FLAGS: 'none' } })();
  expect(readdirSync(project())).toContain('kept');
  writeFileSync(join(project(), 'file'), 'changed');
  await sourcesOf({ variables: { GIT_CHECKOUT: 'false' } })();
  expect(readFileSync(join(project(), 'file'), 'utf8')).toBe('changed');
});

it('fails a job that cannot have the directory that it asks for, before anything is touched', async () => {
  const bring = sourcesOf({ refusal: 'GIT_CLONE_PATH is not allowed', variables: { GIT_STRATEGY: 'none' } });
  await expect(bring()).rejects.toMatchObject({
    code: 'build_directory_refused',
    message: 'GIT_CLONE_PATH is not allowed',
  });
});

/** @returns its address */
async function serve(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

it('waits for a server that is away, and for none that says no', async () => {
  let asked = 0;
  const origin = await serve((request, response) => {
    asked += 1;
    if (asked === 1) request.socket.destroy();
    else response.writeHead(asked === 2 ? 503 : 404).end();
  });
  await expect(sourcesOf({ url: `${origin}/group/app.git` })()).rejects.toMatchObject({ code: 'git_failed' });
  expect([asked, pauses]).toEqual([3, [1_000, 2_000]]);
  expect(log).toMatch(/Empty reply from server; tried again in 1 s\n(.|\n)*503; tried again in 2 s\n/);
});

it('fails a job whose server stays away', async () => {
  const origin = await serve((request) => request.socket.destroy());
  await expect(sourcesOf({ url: `${origin}/group/app.git` })()).rejects.toMatchObject({ code: 'git_failed' });
  expect(pauses.reduce((sum, ms) => sum + ms)).toBe(120_000);
});

it('asks where the owner of the runner says, with the token of the job', async () => {
  const seen: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];
  const origin = await serve(({ url, headers }, response) => {
    seen.push({ url, headers });
    response.writeHead(404).end();
  });
  const settings = { cloneUrl: `${origin}/inner` };
  const bring = sourcesOf({ settings, url: 'https://outer.example/group/app.git' });
  await expect(bring()).rejects.toMatchObject({ code: 'git_failed' });
  const basic = Buffer.from('gitlab-ci-token:job-token').toString('base64');
  expect(seen[0]).toMatchObject({
    url: '/inner/group/app.git/info/refs?service=git-upload-pack',
    headers: { authorization: `Basic ${basic}` },
  });
});

it('remembers what it has brought beside the builds, by their path', async () => {
  await sourcesOf()();
  const name = createHash('sha256').update(project()).digest('hex').slice(0, 32);
  expect(readdirSync(join(dir, '.sources'))).toEqual([`${name}.json`]);
});

import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Authority, describeWithOpenssl, pemOf } from '../support/tls/authority.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startPlainServer } from './plain-server/plain-server.ts';
import { RunnerProcess } from './support/runner-process.ts';
import { TlsFront } from './support/tls-front.ts';

let root: string;
let authority: Authority;
let front: TlsFront;
let runner: RunnerProcess | null = null;

const env = () => ({ PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root, GIT_CONFIG_GLOBAL: '/dev/null' });
const config = () => join(root, 'etc/runner.toml');

async function epilogue(...words: readonly string[]) {
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
  execFile(PROGRAM, words, { env: env(), cwd: root }, (error, out, err) => {
    resolve({ code: error === null ? 0 : Number(error.code), out, err });
  });
  return await promise;
}

function startRunner(): RunnerProcess {
  const words = ['--config', config(), '--working-directory', join(root, 'work'), '--no-guard'];
  runner = new RunnerProcess({ words, env: env() });
  runner.start();
  return runner;
}

const PIPELINE = `
stages: [make, use]
make:
  stage: make
  script: echo made > made.txt
  artifacts: { paths: [made.txt] }
use:
  stage: use
  script:
    - cat made.txt
    - cmp "$CI_SERVER_TLS_CA_FILE" ROOT/authority.crt
    - export GIT_SSL_CAINFO="$CI_SERVER_TLS_CA_FILE" GIT_SSL_CERT="$CI_SERVER_TLS_CERT_FILE" GIT_SSL_KEY="$CI_SERVER_TLS_KEY_FILE"
    - git ls-remote "$CI_REPOSITORY_URL" main
    - echo script begun
    - while true; do sleep 0.05; done
  after_script:
    - cat made.txt
`;

describeWithOpenssl('a runner and its server over https', () => {
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-https-')));
    mkdirSync(join(root, 'etc/certs'), { recursive: true });
    authority = new Authority(root);
    const wants = { ca: readFileSync(authority.file), requestCert: true, rejectUnauthorized: true };
    front = await TlsFront.start({ ...pemOf(authority.sign('server')), ...wants });
  });
  afterAll(async () => {
    await front.close();
    rmSync(root, { recursive: true, force: true });
  });
  afterEach(async () => {
    await runner?.kill();
  });

  it('registers a runner at a server with an authority and a wish of its own, and says what was missing', async () => {
    const plain = await startPlainServer();
    front.target = Number(new URL(plain.url).port);
    try {
      const mine = authority.sign('registered');
      const words = ['runner', 'register', '-n', '--config', config(), '--url', front.url, '--token', plain.token];
      const refused = await epilogue(...words);
      expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/signed by nobody .*tls-ca-file/)]);
      const files = ['--tls-ca-file', 'authority.crt', '--tls-cert-file', mine.cert, '--tls-key-file', mine.key];
      expect(await epilogue(...words, ...files)).toMatchObject({ code: 0, err: '' });
      const written = readFileSync(config(), 'utf8');
      expect(written).toContain(`tls-ca-file = "${authority.file}"\n`);
      expect(written).toContain(`tls-cert-file = "${mine.cert}"\ntls-key-file = "${mine.key}"\n`);
      expect(await epilogue('runner', 'verify', '--config', config())).toMatchObject({ code: 0 });
      expect(front.clients).toEqual(['registered', 'registered']);
    } finally {
      await plain.close();
    }
  });

  it('runs jobs of a server over https: sources, artifacts, events, and git of their own', async () => {
    const data = ['--data-dir', join(root, 'data')];
    const server = await ServerProcess.start(['--no-runner', '--external-url', front.url, ...data], { env: env() });
    front.target = Number(new URL(server.base).port);
    try {
      const create = ['admin', 'token', 'create', '--user', 'root', '--scopes', 'api', ...data];
      const token = execFileSync(PROGRAM, create, { env: env(), encoding: 'utf8' }).trim();
      const headers = { 'private-token': token, 'content-type': 'application/json' };
      const api = async (method: string, path: string, body?: object) => {
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        return await fetch(`${server.base}/api/v4${path}`, { method, headers, ...sent });
      };
      const made = (await (await api('POST', '/user/runners', { runner_type: 'instance_type' })).json()) as {
        token: string;
      };
      // Where GitLab's runner looks for them.
      copyFileSync(authority.file, join(root, 'etc/certs/127.0.0.1.crt'));
      const { cert, key } = authority.sign('by-place');
      copyFileSync(cert, join(root, 'etc/certs/127.0.0.1.auth.crt'));
      copyFileSync(key, join(root, 'etc/certs/127.0.0.1.auth.key'));
      writeFileSync(
        config(),
        `[[runners]]\nname = "https"\nurl = "${front.url}"\ntoken = "${made.token}"\nexecutor = "shell"\n`,
      );
      const running = startRunner();
      push(`${server.base.replace('://', `://root:${token}@`)}/root/app.git`);
      const trace = async (name: string): Promise<string> => {
        const jobs = (await (await api('GET', '/projects/root%2Fapp/jobs')).json()) as { id: number; name: string }[];
        const job = Array.isArray(jobs) ? jobs.find((each) => each.name === name) : undefined;
        return job === undefined ? '' : await (await api('GET', `/projects/root%2Fapp/jobs/${job.id}/trace`)).text();
      };
      await waitUntil(`the script has begun: ${running.log}`, async () => /^script begun/m.test(await trace('use')));
      const [pipeline] = (await (await api('GET', '/projects/root%2Fapp/pipelines')).json()) as { id: number }[];
      await api('POST', `/projects/root%2Fapp/pipelines/${pipeline?.id}/cancel`);
      // By the stream: without one it takes seconds, and without https none of it comes.
      await waitUntil('the job was cancelled', async () => /Job canceled by root/.test(await trace('use')));
      const log = await trace('use');
      expect(log).toMatch(/^[0-9a-f]{40}\s+refs\/heads\/main/m);
      expect(log.match(/^made$/gm)).toHaveLength(2);
      expect(new Set(front.clients.slice(2))).toEqual(new Set(['by-place']));
    } finally {
      await runner?.kill();
      await server.end('SIGTERM');
    }
  });
});

function push(url: string): void {
  const dir = join(root, 'project');
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const git = (...words: string[]) =>
    execFileSync('git', [...who, ...words], { cwd: dir, env: env(), stdio: 'ignore' });
  mkdirSync(dir);
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(dir, '.gitlab-ci.yml'), PIPELINE.replace('ROOT', root));
  git('add', '--all');
  git('commit', '--quiet', '--message=First');
  git('push', '--quiet', url, 'main');
}

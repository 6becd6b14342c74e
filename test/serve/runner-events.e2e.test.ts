import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A job that says nothing reports itself every 20 s while its runner listens: what is heard sooner was heard over the stream. */
const BEFORE_ANY_REPORT_MS = 12_000;

let root: string;
let server: ChildProcess;
let runner: ChildProcess;
let proxy: Server;
let base: string;
let headers: Readonly<Record<string, string>>;
/** Streams that go through the proxy. */
let streams: Set<ServerResponse>;
let isCut: boolean;

const env = () => ({ PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root, GIT_CONFIG_GLOBAL: '/dev/null' });
const data = () => join(root, 'data');

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-events-')));
  [streams, isCut] = [new Set(), false];
  server = spawn(PROGRAM, ['serve', '--no-runner', '--listen', '127.0.0.1:0', '--data-dir', data()], { env: env() });
  let output = '';
  server.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  server.stderr?.resume();
  base = (await waitUntil('the server answers', () => /listening on (\S+)\n/.exec(output)))[1] ?? '';
  const words = ['admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', data()];
  const token = execFileSync(PROGRAM, words, { env: env(), encoding: 'utf8' }).trim();
  headers = { 'private-token': token, 'content-type': 'application/json' };
  await startProxy();
  const made = await api('POST', '/user/runners', { runner_type: 'instance_type' });
  writeFileSync(join(root, 'token'), made.token);
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const where = ['--url', address, '--token-file', join(root, 'token'), '--directory', join(root, 'runner')];
  runner = spawn(PROGRAM, ['runner', 'run', ...where], { env: env(), stdio: 'ignore' });
  await waitUntil('the runner listens', () => streams.size > 0);
  push(token);
  await waitUntil('the script has begun', () => existsSync(join(root, 'begun')));
});

afterEach(async () => {
  for (const child of [runner, server]) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  proxy.closeAllConnections();
  proxy.close();
  rmSync(root, { recursive: true, force: true });
});

/** In front of the coordinator, as far as the runner knows. */
async function startProxy(): Promise<void> {
  proxy = createServer((incoming, outgoing) => {
    const isStream = incoming.url?.startsWith('/api/v4/runners/events') === true;
    if (isStream && isCut) return void outgoing.writeHead(503).end();
    if (isStream) streams.add(outgoing);
    outgoing.once('close', () => streams.delete(outgoing));
    const { method, url } = incoming;
    const onward = request(`${base}${url}`, { method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
}

// biome-ignore lint/suspicious/noExplicitAny: what the server answers
async function api(method: string, path: string, body: object = {}): Promise<any> {
  const sent = method === 'GET' ? {} : { body: JSON.stringify(body) };
  return await (await fetch(`${base}/api/v4${path}`, { method, headers, ...sent })).json();
}

function push(token: string): void {
  const dir = join(root, 'work');
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const git = (...words: string[]) =>
    execFileSync('git', [...who, ...words], { cwd: dir, env: env(), stdio: 'ignore' });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', dir], { env: env() });
  writeFileSync(
    join(dir, '.gitlab-ci.yml'),
    `silent: {script: ['trap "touch ${root}/termed; exit 1" TERM; touch ${root}/begun; while :; do sleep 0.05; done'], after_script: ['echo "by $EPILOGUE_CANCELED_BY" > ${root}/cleaned']}\n`,
  );
  git('add', '--all');
  git('commit', '--quiet', '--message=First');
  git('push', '--quiet', `${base.replace('://', `://root:${token}@`)}/root/shop.git`, 'main');
}

const status = async (): Promise<string> => (await api('GET', '/projects/root%2Fshop/pipelines/1')).status;

it('ends a silent script by an event, long before its runner would have asked, and runs its cleanup', async () => {
  const from = performance.now();
  await api('POST', '/projects/root%2Fshop/pipelines/1/cancel');
  await waitUntil('the script is told to end', () => existsSync(join(root, 'termed')));
  const took = performance.now() - from;
  expect(took).toBeLessThan(BEFORE_ANY_REPORT_MS);
  await waitUntil('the pipeline has ended', async () => (await status()) === 'canceled');
  expect(execFileSync('cat', [join(root, 'cleaned')], { encoding: 'utf8' })).toBe('by root\n');
});

it('cancels a silent job all the same when the stream is cut and cannot be had again', async () => {
  isCut = true;
  for (const stream of streams) stream.destroy();
  await api('POST', '/projects/root%2Fshop/pipelines/1/cancel');
  await waitUntil('the pipeline has ended', async () => (await status()) === 'canceled');
  expect(existsSync(join(root, 'cleaned'))).toBe(true);
});

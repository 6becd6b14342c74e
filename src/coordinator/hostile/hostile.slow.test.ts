import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { makeZip } from '../../../test/support/zips.ts';
import { realClock } from '../../base/index.ts';
import { buildServer, HTTP_LIMITS } from '../http/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { makeGate } from '../users/index.ts';
import { heldMemory } from './testing/held-memory.ts';
import { openTarget, sendArtifacts, type Target } from './testing/open-target.ts';
import { send } from './testing/send.ts';
import { slowClient } from './testing/slow-client.ts';

/** Beside the server at its usual pace one on the same things that is soon tired of waiting. */
const LIMITS = { ...HTTP_LIMITS, idleMs: 800, headersMs: 500, bodyMs: 500, lingerMs: 500 };
const MB = 1_000_000;

let target: Target;
let hasty: FastifyInstance;
let port: number;
let large: { readonly project: number };
/** Rejections that nobody handled, and warnings. */
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  target = await openTarget();
  const { parts, routes } = target;
  const { base, version } = parts;
  hasty = await buildServer({
    ...{ routes, base, version, gate: makeGate(parts), clock: realClock, limits: LIMITS, trustProxy: false },
    log: Fastify({ logger: { level: 'silent' } }).log,
    stopping: new AbortController().signal,
  });
  port = Number(new URL(await hasty.listen({ port: 0, host: '127.0.0.1' })).port);
  process.on('unhandledRejection', note);
  process.on('warning', note);
  const random = randomBytes(24 * MB);
  await sendArtifacts(
    target.port,
    target.jobs.foreign,
    await makeZip([{ path: 'large', content: random, options: { compress: false } }]),
  );
  const path = `/api/v4/jobs/${target.jobs.foreign.id}/trace`;
  for (let at = 0; at < 24; at += 1) {
    const headers = { 'job-token': target.jobs.foreign.token, 'content-range': `${at * MB}-` };
    const piece = random
      .subarray(at * MB, (at + 1) * MB)
      .toString('base64')
      .slice(0, MB);
    await send(target.port, { method: 'PATCH', path, headers, body: piece });
  }
  const files = { '.gitlab-ci.yml': 'x: {script: x}\n', large: random.toString('base64').slice(0, 24 * MB) };
  large = { project: (await makeProject(parts, { path: 'large', files })).id };
}, 120_000);

afterAll(async () => {
  process.off('unhandledRejection', note);
  process.off('warning', note);
  await hasty.close();
  await target.close();
});

/** Nothing is held for anybody who has gone. */
afterEach(async () => {
  await vi.waitFor(() => expect([openFiles(), children()]).toEqual([[], []]), { timeout: 10_000 });
  expect(unhandled).toEqual([]);
  expect(target.parts.complaints.filter((words) => !/an exchange with git was cut/.test(words))).toEqual([]);
});

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd')
    .map(linkOf)
    .filter(
      (path) => path.startsWith(`${target.parts.dataDir}/blobs`) || path.startsWith(`${target.parts.dataDir}/logs`),
    );
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Programs that this process has started and that are still there. */
function children(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter(
      (stat) =>
        / \(git[^)]*\) [^Z] /.test(stat) && Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === process.pid,
    );
}

function statOf(pid: string): string {
  try {
    return ` ${readFileSync(`/proc/${pid}/stat`, 'utf8')}`;
  } catch {
    return '';
  }
}

const token = (): string => `private-token: ${target.tokens.get('owner')}`;
const runs = (): string => `job-token: ${target.jobs.running.token}`;
const basic = (): string => `authorization: Basic ${Buffer.from(`x:${target.tokens.get('owner')}`).toString('base64')}`;
const job = (): string => `/api/v4/jobs/${target.jobs.running.id}`;

function request(line: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, 'host: ci', ...headers, '', ''].join('\r\n');
}

it('waits for no headers that come byte by byte, and for none that do not come', async () => {
  const drip = slowClient(port, { head: 'GET / HTTP/1.1\r\nx-slow: ', drip: 'a', everyMs: 40 });
  const lines = slowClient(port, { head: 'GET / HTTP/1.1\r\n', drip: 'x: y\r\n', everyMs: 40 });
  const silent = slowClient(port, { head: '' });
  const kept = slowClient(port, { head: request('GET /-/health') });
  expect(await drip.answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(await lines.answer).toMatch(/^HTTP\/1\.1 408 /);
  // Two limits look at it, that of headers and that of silence, and on a busy machine either comes first.
  expect(await silent.answer).toMatch(/^$|^HTTP\/1\.1 408 /);
  expect(await kept.answer).toMatch(/^HTTP\/1\.1 200 /);
});

it('takes no more headers than fit into 16 KiB', async () => {
  const flood = slowClient(port, { head: 'GET / HTTP/1.1\r\n', drip: `x-${'y'.repeat(1_000)}: z\r\n` });
  expect(await flood.answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(flood.sent()).toBeLessThan(10 * MB);
});

it.each([
  ['JSON', 'content-type: application/json', '{"ref":"', 'a'],
  ['a form', 'content-type: application/x-www-form-urlencoded', 'ref=', 'a'],
  [
    'a multipart form',
    'content-type: multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="ref"\r\n\r\n',
    'a',
  ],
  ['what it does not know', 'content-type: text/x', 'ref', 'a'],
])('waits for no body that comes byte by byte: %s', async (_what, type, head, drip) => {
  const line = `POST /api/v4/projects/${target.project.id}/pipeline`;
  const headers = request(line, token(), type, 'content-length: 1000000');
  expect(await slowClient(port, { head: headers + head, drip, everyMs: 40 }).answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
});

it('hangs up on who begins to send something large and sends no more of it', async () => {
  const multipart = 'content-type: multipart/form-data; boundary=x';
  const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.zip"\r\n\r\nPK';
  const length = 'content-length: 1000000';
  const git = '/group/target.git/git-receive-pack';
  const before = (await target.parts.blobs.list('artifacts/')).blobs.length;
  const clients = [
    `${request(`PATCH ${job()}/trace`, runs(), length, 'content-range: 5-')}x`,
    request(`POST ${job()}/artifacts?artifact_type=junit&artifact_format=gzip`, runs(), multipart, length) + part,
    `${request(
      `POST ${job()}/artifacts?artifact_type=junit&artifact_format=gzip`,
      runs(),
      multipart,
      'transfer-encoding: chunked',
    )}5\r\n--x\r\n`,
    `${request(`POST ${git}`, basic(), length)}00a5`,
    `${request(`POST ${git}`, basic(), length, 'content-encoding: gzip')}\u001f`,
    `${request(`POST /group/target.git/git-upload-pack`, basic(), length)}0032want `,
  ].map((head) => slowClient(port, { head }));
  for (const client of clients) expect(await client.answer).not.toMatch(/^HTTP\/1\.1 [25]0[0-9] /);
  expect((await target.parts.blobs.list('artifacts/')).blobs.length).toBe(before);
});

it.each([
  [
    'JSON',
    (): string =>
      request(
        `POST /api/v4/projects/${target.project.id}/pipeline`,
        token(),
        'content-type: application/json',
        'transfer-encoding: chunked',
      ),
  ],
  [
    'a report of a runner',
    (): string => request(`PUT ${job()}`, runs(), 'content-type: application/json', 'transfer-encoding: chunked'),
  ],
  [
    'a piece of a log',
    (): string => request(`PATCH ${job()}/trace`, runs(), 'content-range: 5-', 'transfer-encoding: chunked'),
  ],
  [
    'what a clone asks for (64 MiB)',
    (): string => request('POST /group/target.git/git-upload-pack', basic(), 'transfer-encoding: chunked'),
  ],
])('takes no more of %s than it may have', async (_what, head) => {
  const body = Buffer.alloc(65_536, 'x');
  const drip = Buffer.concat([Buffer.from('10000\r\n'), body, Buffer.from('\r\n')]);
  const client = slowClient(port, { head: head(), drip });
  expect(await client.answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  expect(client.sent()).toBeLessThan(100 * MB);
});

it('remembers nothing of requests on one connection that it answered early', async () => {
  const one = `${request('POST /api/v4/ci/lint', 'content-length: 200000')}${'x'.repeat(200_000)}`;
  const answer = await slowClient(port, { head: one.repeat(20) }).answer;
  expect(answer.match(/HTTP\/1\.1 401 /g)).toHaveLength(20);
});

it('reads nothing of a push that says itself that it is too large', async () => {
  const head = request('POST /group/target.git/git-receive-pack', basic(), 'content-length: 99000000000');
  expect(await slowClient(port, { head }).answer).toMatch(/^HTTP\/1\.1 413 /);
});

it.each([
  ['an artifact', () => `/projects/${target.other.id}/jobs/${target.jobs.foreign.id}/artifacts`],
  ['one file of it', () => `/projects/${target.other.id}/jobs/${target.jobs.foreign.id}/artifacts/large`],
  ['a log', () => `/projects/${target.other.id}/jobs/${target.jobs.foreign.id}/trace`],
  ['a compressed archive', () => `/projects/${large.project}/repository/archive.tar.gz`],
])('holds little of %s for who does not read it, and not for long', async (_what, path) => {
  const shown = `private-token: ${target.tokens.get('administrator')}`;
  const before = heldMemory();
  const clients = [1, 2, 3].map(() => {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
    socket.pause();
    socket.write(request(`GET /api/v4${path()}`, shown));
    return socket;
  });
  // Nobody is gone before they have come.
  await vi.waitFor(async () => expect(await connections()).toBe(3), { timeout: 5_000, interval: 5 });
  let most = 0;
  const isOver = async (): Promise<void> => {
    most = Math.max(most, heldMemory() - before);
    expect(await connections()).toBe(0);
  };
  await vi.waitFor(isOver, { timeout: 15_000, interval: 100 });
  for (const socket of clients) socket.destroy();
  // The three of them would be given 72 MB.
  expect(most).toBeLessThan(40 * MB);
});

async function connections(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  hasty.server.getConnections((_error, count) => resolve(count));
  return await promise;
}

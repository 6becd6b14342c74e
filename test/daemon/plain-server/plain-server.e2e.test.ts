import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobHandle } from './plain-job.ts';
import { type PlainServer, startPlainServer } from './plain-server.ts';

let server: PlainServer;
beforeEach(async () => {
  server = await startPlainServer();
});
afterEach(() => server.close());

async function ask(
  method: string,
  path: string,
  json: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(`${server.url}/api/v4/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(json),
  });
}

const request = (more = {}) => ask('POST', 'jobs/request', { token: server.token, ...more });
const put = ({ id, token }: JobHandle, update: object) =>
  ask('PUT', `jobs/${id}`, { token, ...update }, { 'job-token': token });

async function patch({ id, token }: JobHandle, start: number, text: string): Promise<Response> {
  const range = `${start}-${start + text.length - 1}`;
  return await fetch(`${server.url}/api/v4/jobs/${id}/trace?debug_trace=false`, {
    method: 'PATCH',
    headers: { 'job-token': token, 'content-type': 'text/plain', 'content-range': range },
    body: text,
  });
}

const said = (answer: Response) => [answer.status, answer.headers.get('job-status'), answer.headers.get('range')];
const outputOf = (text: string) => ({
  checksum: `crc32:${crc32(text).toString(16).padStart(8, '0')}`,
  bytesize: text.length,
});

it('knows its runner, and nobody else, and says no word of ours', async () => {
  const answer = await ask('POST', 'runners/verify', { token: server.token });
  expect([answer.status, await answer.json()]).toEqual([200, { id: 7, token: server.token, token_expires_at: null }]);
  expect([...answer.headers.keys()].filter((name) => name.startsWith('epilogue'))).toEqual([]);
  expect((await ask('POST', 'runners/verify', { token: 'glrt-other' })).status).toBe(403);
  expect((await ask('POST', 'runners', { token: server.registrationToken })).status).toBe(201);
  const old = server.token;
  expect((await ask('POST', 'runners/reset_authentication_token', { token: old })).status).toBe(201);
  expect((await ask('POST', 'jobs/request', { token: old })).status).toBe(403);
  expect((await ask('DELETE', 'runners/managers', { token: server.token })).status).toBe(204);
  expect((await ask('POST', 'runners/events', {})).status).toBe(404);
});

it('hands a job out once, takes its log piece by piece, and its result when that fits the log', async () => {
  const job = server.enqueue();
  const handedOut = await request();
  expect([handedOut.status, ((await handedOut.json()) as { id: number }).id]).toEqual([201, job.id]);
  expect((await request()).status).toBe(204);
  expect(said(await put(job, { state: 'running', output: {} }))).toEqual([200, 'running', null]);
  expect(said(await patch(job, 0, 'one\n'))).toEqual([202, 'running', '0-4']);
  expect(said(await patch(job, 0, 'one\n'))).toEqual([416, 'running', '0-4']);
  expect(said(await put(job, { state: 'success', output: outputOf('one\ntwo\n') }))).toEqual([412, 'running', null]);
  expect(said(await patch(job, 0, 'one\ntwo\n'))).toEqual([202, 'running', '0-8']);
  expect(said(await put(job, { state: 'success', output: outputOf('one\ntwo\n') }))).toEqual([200, 'success', null]);
  expect(said(await put(job, { state: 'running' }))).toEqual([403, 'success', null]);
  expect([job.status, job.log().toString(), server.requests.length]).toEqual(['success', 'one\ntwo\n', 9]);
});

it('cancels gracefully and by force', async () => {
  const [graceful, forced, early] = [server.enqueue(), server.enqueue(), server.enqueue()];
  early.cancel();
  for (const job of [graceful, forced]) {
    await request();
    await put(job, { state: 'running' });
  }
  graceful.cancel();
  forced.force();
  expect(said(await patch(graceful, 0, 'x'))).toEqual([202, 'canceling', '0-1']);
  expect(said(await put(graceful, { state: 'failed', failure_reason: 'job_canceled' }))).toEqual([
    200,
    'canceled',
    null,
  ]);
  expect(said(await patch(forced, 0, 'x'))).toEqual([403, 'canceled', null]);
  expect([early.status, (await request()).status]).toEqual(['canceled', 204]);
});

it('holds a request until there is work, and takes a job back whose runner has gone', async () => {
  await server.close();
  server = await startPlainServer({ holdMs: 60_000 });
  const last_update = (await request()).headers.get('x-gitlab-last-update');
  const gone = new AbortController();
  const held = fetch(`${server.url}/api/v4/jobs/request`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: server.token, last_update }),
    signal: gone.signal,
  }).catch(() => 'gone');
  await expect.poll(() => server.requests.length).toBe(2);
  gone.abort();
  expect(await held).toBe('gone');
  const waiting = request({ last_update });
  await expect.poll(() => server.requests.length).toBe(3);
  const job = server.enqueue();
  expect([(await waiting).status, job.handOuts]).toEqual([201, 1]);
});

it('does what is planned in place of an answer, as often as that, and remembers', async () => {
  const job = server.enqueue();
  server.plan({ method: 'POST' }, { status: 429, headers: { 'Retry-After': '5' } });
  server.plan({ path: /request/ }, { kind: 'cut', takes: true });
  server.plan({ path: /request/ }, { kind: 'garbage' }, 2);
  expect((await request()).headers.get('retry-after')).toBe('5');
  await expect(request()).rejects.toThrow();
  expect(job.handOuts).toBe(1);
  await expect(request()).rejects.toThrow();
  await expect(request()).rejects.toThrow();
  expect((await request()).status).toBe(204);
  expect(server.requests.map(({ answer }) => answer?.status ?? null)).toEqual([429, null, null, null, 204]);
  await server.goAway();
  await expect(request()).rejects.toThrow();
  await server.comeBack();
  expect((await put(job, { state: 'running' })).status).toBe(200);
});

it('takes artifacts and sends a download to where they lie, on another host', async () => {
  await server.close();
  server = await startPlainServer({ hasStorage: true });
  const job = server.enqueue();
  await request();
  await put(job, { state: 'running' });
  const form = new FormData();
  form.set('file', new Blob(['zip']), 'out.zip');
  const where = `${server.url}/api/v4/jobs/${job.id}/artifacts`;
  const headers = { 'job-token': job.token };
  const query = 'artifact_format=zip&artifact_type=archive&expire_in=1+day';
  expect((await fetch(`${where}?${query}`, { method: 'POST', headers, body: form })).status).toBe(201);
  expect(job.artifacts).toEqual([
    { type: 'archive', format: 'zip', expireIn: '1 day', filename: 'out.zip', bytes: Buffer.from('zip') },
  ]);
  const sentOn = await fetch(`${where}?direct_download=true`, { headers, redirect: 'manual' });
  const location = sentOn.headers.get('location') ?? '';
  expect([sentOn.status, new URL(location).hostname]).toEqual([302, 'localhost']);
  expect([(await fetch(location, { headers })).status, await (await fetch(location)).text()]).toEqual([400, 'zip']);
  expect(await (await fetch(where, { headers })).text()).toBe('zip');
});

it('serves git to whoever has a token', async () => {
  await server.close();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-plain-')));
  try {
    const env = { PATH: process.env.PATH, HOME: root };
    const work = join(root, 'work');
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    // Never while everything waits for it: it talks to this process.
    const git = (...words: string[]) => promisify(execFile)('git', [...who, ...words], { cwd: root, env });
    await git('init', '--quiet', work);
    writeFileSync(join(work, 'file'), 'text');
    await git('-C', work, 'add', '--all');
    await git('-C', work, 'commit', '--quiet', '--message=One');
    await git('clone', '--quiet', '--bare', work, join(root, 'grp/demo.git'));
    server = await startPlainServer({ repositories: root });
    const { git_info: info } = server.enqueue().payload as { git_info: { repo_url: string } };
    await git('clone', '--quiet', info.repo_url, join(root, 'clone'));
    expect(server.requests[0]?.answer?.status).toBe(401);
    expect(server.requests.at(-1)?.answer?.status).toBe(200);
  } finally {
    rmSync(root, { recursive: true });
  }
});

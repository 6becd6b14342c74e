import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openServer } from './http/server.ts';
import { registerRunner, resetToken, resetTokenAs, unregisterRunner, verifyRunner } from './registration.ts';
import { runnerInfo } from './runner-info.ts';

let server: Server;
let seen: { line: string; headers: IncomingHttpHeaders; body: unknown }[];
let answers: { status: number; body?: object | string; headers?: Record<string, string> }[];

beforeEach(async () => {
  [seen, answers] = [[], []];
  server = createServer(async (request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body: await json(request) });
    const { status, body = '', headers = {} } = answers.shift() ?? { status: 500 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const info = runnerInfo({ version: '1.2.3', executor: 'shell' });
const means = () => ({
  server: openServer({ url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, version: '1.2.3' }),
  systemId: 's_0123456789ab',
  info,
});
const IDENTITY = { id: 7, token: 'glrt-new', token_expires_at: '2026-12-24T00:00:00Z' };
const EXPIRES = Date.UTC(2026, 11, 24);

it('verifies a token with all that the runner is and can do, and learns whether the server has our additions', async () => {
  answers = [
    { status: 200, body: IDENTITY },
    { status: 200, body: { id: 7, token_expires_at: null }, headers: { 'epilogue-version': '1' } },
  ];
  expect(await verifyRunner(means(), 'glrt-a')).toEqual({
    kind: 'known',
    id: 7,
    tokenExpiresAt: EXPIRES,
    hasAdditions: false,
    release: null,
  });
  expect(await verifyRunner(means(), 'glrt-a')).toMatchObject({ tokenExpiresAt: null, hasAdditions: true });
  expect(seen[0]?.line).toBe('POST /api/v4/runners/verify');
  expect(seen[0]?.body).toEqual({ info, token: 'glrt-a', system_id: 's_0123456789ab' });
  expect(seen[0]?.headers).toMatchObject({ 'runner-token': 'glrt-a', accept: 'application/json' });
  expect(seen[0]?.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
});

it('tells a token that is nobody’s from a server that says nothing of use', async () => {
  answers = [{ status: 403 }, { status: 404, body: 'no page' }];
  expect(await verifyRunner(means(), 'glrt-a')).toEqual({ kind: 'unknown', hasAdditions: false });
  expect(await verifyRunner(means(), 'glrt-a')).toEqual({ kind: 'unclear', why: 'the server answers 404' });
  const nowhere = { ...means(), server: openServer({ url: () => 'http://127.0.0.1:1', version: '0' }) };
  expect(await verifyRunner(nowhere, 'glrt-a')).toMatchObject({
    kind: 'unclear',
    why: expect.stringContaining('ECONNREFUSED'),
  });
});

it('registers with a registration token, saying only what was said to it', async () => {
  answers = [
    { status: 201, body: IDENTITY },
    { status: 403, body: { message: '403 Forbidden' } },
  ];
  const plain = { token: 'GR1', runUntagged: false, locked: true, paused: false };
  const whole = {
    ...plain,
    description: 'a',
    maintenanceNote: 'n',
    tags: ['x', 'y'],
    accessLevel: 'ref_protected' as const,
    maximumTimeoutS: 600,
  };
  expect(await registerRunner(means(), whole)).toEqual({
    kind: 'registered',
    id: 7,
    token: 'glrt-new',
    tokenExpiresAt: EXPIRES,
  });
  expect(await registerRunner(means(), plain)).toEqual({
    kind: 'refused',
    why: 'the server answers 403: 403 Forbidden',
  });
  const always = { run_untagged: false, locked: true, paused: false, info, token: 'GR1' };
  const more = {
    description: 'a',
    maintenance_note: 'n',
    tag_list: 'x,y',
    access_level: 'ref_protected',
    maximum_timeout: 600,
  };
  expect(seen.map(({ body }) => body)).toEqual([{ ...more, ...always }, always]);
});

it('takes out a manager by its system, and a runner of old itself', async () => {
  answers = [{ status: 204 }, { status: 204 }, { status: 403 }];
  expect(await unregisterRunner(means(), 'glrt-a')).toEqual({ kind: 'done' });
  expect(await unregisterRunner(means(), 't1_a')).toEqual({ kind: 'done' });
  expect(await unregisterRunner(means(), 't1_a')).toEqual({ kind: 'unknown' });
  expect(seen.map(({ line, body }) => [line, body]).slice(0, 2)).toEqual([
    ['DELETE /api/v4/runners/managers', { token: 'glrt-a', system_id: 's_0123456789ab' }],
    ['DELETE /api/v4/runners', { token: 't1_a' }],
  ]);
});

it('draws a new token, with the old one or as a person', async () => {
  answers = [
    { status: 201, body: { token: 'b', token_expires_at: null } },
    { status: 201, body: IDENTITY },
  ];
  expect(await resetToken(means(), 'a')).toEqual({ kind: 'registered', id: 0, token: 'b', tokenExpiresAt: null });
  expect(await resetTokenAs(means(), { id: 7, personalToken: 'p' })).toMatchObject({ token: 'glrt-new' });
  expect(seen.map(({ line, body }) => [line, body])).toEqual([
    ['POST /api/v4/runners/reset_authentication_token', { token: 'a' }],
    ['POST /api/v4/runners/7/reset_authentication_token', null],
  ]);
  expect([seen[0]?.headers['runner-token'], seen[1]?.headers['private-token']]).toEqual([undefined, 'p']);
});

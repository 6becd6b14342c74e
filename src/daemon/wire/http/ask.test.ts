import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Clock, realClock } from '../../../base/index.ts';
import { ask, drop, type Request, wasRetried } from './ask.ts';
import { openServer, type Server } from './server.ts';
import type { Exchange } from './transport.ts';

const NOW = Date.UTC(2026, 0, 1);
let server: HttpServer;
let url: string;
/** One a request, in their order; then 200. */
let plans: ((response: ServerResponse) => void)[];
let seen: { line: string; headers: IncomingMessage['headers']; body: string }[];
let slept: number[];
const clock: Clock = { ...realClock, now: () => NOW, sleep: async (ms) => void slept.push(ms) };

beforeEach(async () => {
  [plans, seen, slept] = [[], [], []];
  server = createServer(async (request, response) => {
    const plan = plans.shift();
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body: await text(request) });
    if (plan === undefined) response.end('fine');
    else plan(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const answer =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end('{}');
const send = (request: Partial<Request> = {}) =>
  ask(openServer({ url: () => url, version: '1', clock }), {
    method: 'POST',
    path: '/x',
    json: { a: 1 },
    timeoutMs: 10_000,
    ...request,
  });

it('asks a server that is busy again, five times in all, with one name for the call', async () => {
  plans = [408, 429, 500, 502].map((status) => answer(status));
  const reply = await send();
  expect([reply.status, await reply.text(), wasRetried(reply)]).toEqual([200, 'fine', true]);
  expect(new Set(seen.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
  expect(slept.map((ms, turn) => Math.abs(ms / (100 * 2 ** turn) - 1) <= 0.25)).toEqual([true, true, true, true]);
  plans = [503, 504, 512, 599, 503].map((status) => answer(status));
  expect((await send()).status).toBe(503);
  expect(seen.length).toBe(10);
});

it('takes every other answer as it is', async () => {
  for (const status of [400, 403, 404, 409, 412, 416, 501]) {
    plans = [answer(status)];
    const reply = await send();
    await drop(reply);
    expect([reply.status, wasRetried(reply)]).toEqual([status, false]);
  }
  expect(slept).toEqual([]);
});

it('waits as long as the server wants, within bounds', async () => {
  const at = (ms: number) => ({ 'ratelimit-resettime': new Date(NOW + ms).toUTCString(), 'retry-after': '1' });
  plans = [
    answer(429, { 'retry-after': '5' }),
    answer(429, at(7_000)),
    answer(429, at(-7_000)),
    answer(503, { 'retry-after': '3600' }),
  ];
  expect((await send()).status).toBe(200);
  expect(slept).toEqual([5_000, 7_000, 1_000, 10_000]);
});

it('gives an answer back that wants a long pause to whoever would hold something meanwhile', async () => {
  plans = [answer(503), answer(429, { 'retry-after': '5' })];
  const reply = await send({ givesLongPauseBack: true });
  expect([reply.status, reply.headers.get('retry-after'), slept.length]).toEqual([429, '5', 1]);
});

it('does not ask again where there was no answer', async () => {
  plans = [(response) => response.socket?.destroy()];
  await expect(send()).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  plans = [(response) => void response.socket?.end('no HTTP\r\n\r\n')];
  await expect(send()).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  plans = [() => {}];
  await expect(send({ timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  const leaving = new AbortController();
  plans = [() => leaving.abort()];
  await expect(send({ signal: leaving.signal })).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  expect(seen.length).toBe(4);
});

it('has no answer where its status is none that there is', async () => {
  for (const status of [600, 999]) {
    plans = [answer(status)];
    await expect(send()).rejects.toMatchObject({
      code: 'coordinator_unreachable',
      message: expect.stringContaining(String(status)),
    });
  }
  for (const head of ['099 x', '101 x\r\nConnection: upgrade\r\nUpgrade: x']) {
    plans = [(response) => void response.socket?.end(`HTTP/1.1 ${head}\r\n\r\n`)];
    await expect(send()).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  }
});

it('follows 307 and 308 with what was sent, to another host without the token, and never takes a body with a token there', async () => {
  const elsewhere = `${url.replace('127.0.0.1', 'localhost')}/z`;
  const body = () => Readable.from([Buffer.from('stream')], { objectMode: false });
  plans = [answer(307, { location: '/y' }), answer(308, { location: elsewhere })];
  const upload = { path: '/x', headers: { 'Job-Token': 't', 'X-Other': 'o' }, body };
  expect(
    (
      await ask(openServer({ url: () => url, version: '1', clock }), {
        method: 'POST',
        timeoutMs: 10_000,
        ...upload,
      })
    ).status,
  ).toBe(200);
  expect(seen.map(({ line, body: sent }) => [line, sent])).toEqual([
    ['POST /x', 'stream'],
    ['POST /y', 'stream'],
    ['POST /z', 'stream'],
  ]);
  expect(seen.map(({ headers }) => [headers['job-token'], headers['x-other'], headers['transfer-encoding']])).toEqual([
    ['t', 'o', 'chunked'],
    ['t', 'o', 'chunked'],
    [undefined, 'o', 'chunked'],
  ]);
  plans = [answer(307, { location: elsewhere })];
  expect((await send()).status).toBe(307);
  plans = [answer(302, { location: '/y' })];
  expect((await send()).status).toBe(302);
  plans = Array.from({ length: 20 }, () => answer(307, { location: '/round' }));
  expect((await send()).status).toBe(307);
});

it.each([
  ['https://ci.example.com', 'http://ci.example.com/y', undefined],
  ['http://ci.example.com', 'https://ci.example.com/y', 'job'],
  ['https://ci.example.com', 'https://ci.example.com/y', 'job'],
])('sent on from %s to %s, tells a token there only where nobody else can hear it', async (from, location, token) => {
  const asked: Exchange[] = [];
  const exchange = async (given: Exchange): Promise<Response> => {
    asked.push(given);
    return new Response(null, asked.length === 1 ? { status: 307, headers: { location } } : {});
  };
  const sender = { url: () => from, transport: { exchange }, clock, userAgent: 'test' } as Server;
  await ask(sender, { method: 'GET', path: '/x', headers: { 'Job-Token': 'job' }, timeoutMs: 10_000 });
  expect(asked.map(({ headers }) => headers['Job-Token'])).toEqual(['job', token]);
  asked.length = 0;
  const { status } = await ask(sender, { method: 'PUT', path: '/x', json: { token: 'job' }, timeoutMs: 10_000 });
  expect([status, asked.length]).toEqual(token === undefined ? [307, 1] : [200, 2]);
});

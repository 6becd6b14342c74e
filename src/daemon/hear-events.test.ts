import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realClock } from '../base/index.ts';
import { Control } from '../runner/index.ts';
import { hearEvents } from './hear-events.ts';
import { JobsInHand } from './jobs-in-hand.ts';
import { Bell } from './take/bell.ts';
import { openServer } from './wire/http/server.ts';

/** SHA-256 of `job`. */
const KEY = '5e8c9902207afaeb7120430c585a445f21e92932081d64bc99f80e4925bcb002';
const DEADLINE = { timeout: 20_000 };

let server: Server;
let streams: ServerResponse[];
let answers: number[];
let asked: string[];
let jobs: JobsInHand;
let control: Control;
let asks: number;
let rung: number;
let released: string[];
let warnings: string[];
let waking: Bell;
let stop: AbortController;
let hearing: Promise<void>;

beforeEach(async () => {
  [streams, answers, asked, warnings, released, asks, rung] = [[], [], [], [], [], 0, 0];
  waking = new Bell();
  jobs = new JobsInHand();
  control = new Control();
  jobs.add(
    { token: 'job' },
    {
      control,
      detach: async () => {},
      ask: () => {
        asks += 1;
      },
    },
  );
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['runner-token']}`);
    const status = answers.shift() ?? 200;
    response.writeHead(status, { 'content-type': status === 200 ? 'text/event-stream' : 'application/json' });
    if (status !== 200) return void response.end('{}');
    response.flushHeaders();
    streams.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  stop.abort();
  await hearing;
  server.closeAllConnections();
  server.close();
});

function hear(): void {
  stop = new AbortController();
  hearing = hearEvents({
    server: openServer({ url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, version: '0' }),
    token: () => 'runner',
    systemId: 's_1',
    clock: realClock,
    jobs,
    onWork: () => {
      rung += 1;
    },
    onRelease: (since) => released.push(since),
    woken: () => waking.heard,
    warn: (text) => warnings.push(text),
    signal: stop.signal,
  });
}

const say = (text: string): boolean | undefined => streams.at(-1)?.write(text);
const order = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const isOpen = (count: number) => expect.poll(() => [streams.length, jobs.isHeard], DEADLINE).toEqual([count, true]);

it('cancels and aborts the attempt that is named by the hash of its token, and no other', async () => {
  hear();
  await isOpen(1);
  expect(asked).toEqual(['/api/v4/runners/events?system_id=s_1 runner']);
  say(order('cancel', { token_sha256: 'of an older attempt', by: 'eve' }));
  say(': \n\nevent: can');
  say(order('cancel', { token_sha256: KEY, by: 'ann', cause: 'superseded' }).slice('event: can'.length));
  await expect.poll(() => control.interruption, DEADLINE).not.toBeNull();
  expect(control.interruption).toEqual({ cause: 'superseded', isCancel: true, by: 'ann' });
  expect(control.forced).toBeNull();
  say(order('abort', { token_sha256: KEY, by: 'ann', force: true }));
  await expect.poll(() => control.forced?.by, DEADLINE).toBe('ann');
});

it('ends a job that was taken away, but forces none that nobody has forced', async () => {
  hear();
  await isOpen(1);
  say(order('abort', { token_sha256: KEY, cause: 'runner_lost', force: false }));
  await expect.poll(() => control.interruption, DEADLINE).not.toBeNull();
  expect(control.interruption).toEqual({ cause: 'runner_lost', isCancel: false, by: 'coordinator' });
  expect(control.forced).toBeNull();
});

it('sends what it has of a log that somebody watches', async () => {
  hear();
  await isOpen(1);
  say(order('watch', { token_sha256: 'of another job' }) + order('watch', { token_sha256: KEY }) + order('work', {}));
  await expect.poll(() => rung, DEADLINE).toBe(1);
  expect(asks).toBe(1);
});

it('has every job ask when it is told to look, and when the stream breaks, and opens it again', async () => {
  hear();
  await isOpen(1);
  say(`${order('look', {}) + order('work', {}) + order('of a newer coordinator', {})}event: cancel\ndata: {\n\n`);
  await expect.poll(() => [asks, rung], DEADLINE).toEqual([1, 1]);
  streams[0]?.destroy();
  await expect.poll(() => asks, DEADLINE).toBe(2);
  await isOpen(2);
  streams[1]?.end(`${order('shutdown', {})}retry: 1\n\n`);
  await isOpen(3);
  expect([control.interruption, warnings.length]).toEqual([null, 1]);
});

it('opens it anew, without a word of trouble, when it may have died unheard', async () => {
  hear();
  await isOpen(1);
  waking.ring();
  await isOpen(2);
  expect(warnings).toEqual([]);
});

it('hears that a quarantine was lifted', async () => {
  hear();
  await isOpen(1);
  say(order('release', {}) + order('release', { since: '2026-01-01T00:00:00.000Z' }));
  await expect.poll(() => released, DEADLINE).toEqual(['2026-01-01T00:00:00.000Z']);
});

it('does without a stream where there is none', async () => {
  answers = [404];
  hear();
  await expect.poll(() => asked.length, DEADLINE).toBe(1);
  expect([jobs.isHeard, warnings]).toEqual([false, []]);
});

it('ends a stream that says nothing but never an end', async () => {
  hear();
  await isOpen(1);
  say('x'.repeat(100_000));
  await expect.poll(() => warnings.length, DEADLINE).toBe(1);
  await isOpen(2);
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ODD_FILES, replace } from '../../../test/support/files/odd-files.ts';
import { realClock } from '../../base/index.ts';
import { connect } from '../wire/coordinator.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import { type LogShipment, shipLog } from './ship-log.ts';

const TEXT = 'one\ntwo\nthree\n';
const PATIENCE_MS = 10_000;

let directory: string;
let server: Server;
/** Answers to come, the first one first; then everything is taken. */
let answers: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
let taken: Buffer;
let verdicts: JobVerdict[];
let warnings: string[];
let noted: number[];
let mostBytes: number;
let refused: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-ship-'));
  writeFileSync(join(directory, 'log'), TEXT);
  [answers, taken, verdicts, warnings, noted] = [[], Buffer.alloc(0), [], [], []];
  [mostBytes, refused] = [Number.POSITIVE_INFINITY, 0];
  server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const isRefused = bytes.length > mostBytes;
    if (isRefused) refused += 1;
    const planned = isRefused ? { status: 413, headers: {} } : answers.shift();
    if (planned === undefined && request.method === 'PATCH') {
      const start = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]);
      taken = Buffer.concat([taken.subarray(0, start), bytes]);
    }
    const { status, headers } = planned ?? { status: 202, headers: { range: `0-${taken.length}` } };
    response.writeHead(status, { 'job-status': 'running', 'x-gitlab-trace-update-interval': '0', ...headers }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

function start(initial = 0): LogShipment {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return shipLog({
    coordinator: connect({
      url: () => url,
      token: () => 't',
      systemId: 's',
      version: '0',
      executor: 'shell',
      hasAdditions: true,
    }),
    job: { id: 1, token: 'job' },
    file: join(directory, 'log'),
    clock: realClock,
    sent: { initial, note: (bytes) => noted.push(bytes) },
    onVerdict: (verdict) => verdicts.push(verdict),
    warn: (text) => warnings.push(text),
  });
}

it('sends what is there, and what comes later, once each', async () => {
  const log = start();
  log.grew(4);
  await expect.poll(() => taken.toString(), { timeout: PATIENCE_MS }).toBe('one\n');
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(taken.toString()).toBe(TEXT);
});

it('goes on from where the coordinator says that it is', async () => {
  taken = Buffer.from('one');
  answers = [{ status: 416, headers: { range: '0-3' } }];
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(taken.toString()).toBe(TEXT);
});

it('goes on from where an earlier process was, and notes what the coordinator has', async () => {
  taken = Buffer.from('one\n');
  const log = start(4);
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect([taken.toString(), noted]).toEqual([TEXT, [TEXT.length]]);
});

it('loses nothing while the coordinator cannot take it, and says once that it waits', async () => {
  // More than are asked for again without a word.
  answers = Array.from({ length: 6 }, () => ({ status: 503 }));
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(taken.toString()).toBe(TEXT);
  expect(warnings).toEqual([expect.stringContaining('job 1: its log waits')]);
});

it('says that the job is to be torn down, and goes on with the log', async () => {
  const words = 'cause=superseded&by=pipeline+12+%C3%A4';
  answers = [{ status: 202, headers: { range: '0-4', 'job-status': 'canceling', 'epilogue-stop': words } }];
  taken = Buffer.from('one\n');
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(verdicts[0]).toEqual({ kind: 'cancel', order: { cause: 'superseded', by: 'pipeline 12 ä', isForced: false } });
  expect(taken.toString()).toBe(TEXT);
});

it('hears of a timeout that is none of its own, and of a cancel without a word of who wanted it', async () => {
  answers = [
    { status: 202, headers: { range: '0-4', 'job-status': 'running', 'epilogue-stop': 'cause=timed_out' } },
    { status: 202, headers: { range: '0-8', 'job-status': 'canceling' } },
  ];
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(verdicts.slice(0, 2)).toEqual([
    { kind: 'cancel', order: { cause: 'timed_out', by: 'coordinator', isForced: false } },
    { kind: 'cancel', order: { cause: 'canceled', by: 'coordinator', isForced: false } },
  ]);
});

it('stops once nobody wants it', async () => {
  answers = [{ status: 403 }];
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  const order = { cause: 'runner_lost', by: 'coordinator', isForced: false };
  expect([verdicts, taken.length]).toEqual([[{ kind: 'gone', order }], 0]);
});

it('does not wait longer for a coordinator than it may', async () => {
  answers = Array.from({ length: 1_000 }, () => ({ status: 503 }));
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(50));
  expect(taken.length).toBe(0);
});

it.each(Object.entries(ODD_FILES))('does not wait for the end of a log that has become %s', async (_, make) => {
  replace(join(directory, 'log'), make);
  const log = start();
  log.grew(TEXT.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(warnings).toEqual([expect.stringContaining('job 1: its log is not sent')]);
});

it('waits for nothing of a log that its job has cut short', async () => {
  const log = start();
  log.grew(4);
  await expect.poll(() => taken.toString(), { timeout: PATIENCE_MS }).toBe('one\n');
  truncateSync(join(directory, 'log'));
  for (const size of [8, TEXT.length]) {
    log.grew(size);
    log.ask();
  }
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(taken.toString()).toBe('one\n');
  expect(warnings).toEqual([expect.stringContaining('job 1: its log has been cut short')]);
});

it('sends smaller pieces where a proxy takes none of that size, and stays with them', async () => {
  const bytes = randomBytes(40_000);
  writeFileSync(join(directory, 'log'), bytes);
  mostBytes = 4096;
  const log = start();
  log.grew(bytes.length);
  await log.finish(AbortSignal.timeout(PATIENCE_MS));
  expect(taken.equals(bytes)).toBe(true);
  expect(refused, 'each size once').toBe(4);
  expect(warnings).toEqual([]);
});

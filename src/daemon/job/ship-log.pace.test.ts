import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Clock, realClock } from '../../base/index.ts';
import type { Coordinator, TraceAnswer } from '../wire/coordinator.ts';
import { type LogShipment, shipLog } from './ship-log.ts';

const DEADLINE = { timeout: 20_000 };
const PIECE = 256 * 1024;
/** Above it there is nothing. */
const LONGEST_REST_MS = 60_000;

let directory: string;
/** Ms for which the shipment sleeps, null: it does not; and how to end that. */
let asleep: { readonly ms: number; readonly end: () => void } | null;
/** What was sent and is not answered yet, then what to answer. */
let sent: { readonly from: number; readonly to: number; answer(intervalMs: number): void }[];
let log: LogShipment;
let hasAdditions: boolean;

const clock: Clock = {
  ...realClock,
  async sleep(ms, signal) {
    if (signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    asleep = { ms, end: resolve };
    await promise;
    asleep = null;
  },
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-pace-'));
  writeFileSync(join(directory, 'log'), Buffer.alloc(4 * PIECE, 'x'));
  [sent, asleep, hasAdditions] = [[], null, true];
  const coordinator: Pick<Coordinator, 'appendTrace' | 'hasAdditions'> = {
    hasAdditions: () => hasAdditions,
    async appendTrace(_, from, { length }) {
      const { promise, resolve } = Promise.withResolvers<TraceAnswer>();
      const to = from + length;
      sent.push({
        from,
        to,
        answer: (intervalMs) => resolve({ verdict: { kind: 'go_on' }, sizeBytes: to, intervalMs }),
      });
      return await promise;
    },
  };
  log = shipLog({
    coordinator,
    job: { id: 1, token: 'job' },
    file: join(directory, 'log'),
    clock,
    sent: { initial: 0, note: () => {} },
    onVerdict: () => {},
    warn: (text) => expect.unreachable(text),
  });
});
afterEach(async () => {
  await log.finish(AbortSignal.abort());
  for (const { answer } of sent) answer(0);
  rmSync(directory, { recursive: true });
});

const sleepsFor = (ms: number) => expect.poll(() => asleep?.ms, DEADLINE).toBe(ms);
const hasSent = (...ends: readonly number[]) => expect.poll(() => sent.map(({ to }) => to), DEADLINE).toEqual(ends);

/** What it has after 100 ms. */
async function sendsFirst(): Promise<void> {
  log.grew(5);
  await sleepsFor(100);
  log.grew(10);
  expect(sent).toEqual([]);
  asleep?.end();
  await hasSent(10);
}

it('sends what came during a piece, or soon after it, 40 ms later where somebody watches', async () => {
  await sendsFirst();
  log.grew(20);
  sent[0]?.answer(0);
  await sleepsFor(40);
  log.grew(30);
  asleep?.end();
  await hasSent(10, 30);
});

it('gathers what a job prints while nobody watches, and sends it at once when somebody does', async () => {
  await sendsFirst();
  sent[0]?.answer(1_000);
  await sleepsFor(1_000);
  log.grew(20);
  await sleepsFor(1_000);
  log.ask();
  await hasSent(10, 20);
  sent[1]?.answer(0);
  await sleepsFor(40);
});

it('hears that somebody watches also while a piece is on its way', async () => {
  await sendsFirst();
  log.ask();
  log.grew(20);
  sent[0]?.answer(1_000);
  await hasSent(10, 20);
});

it('sends what comes after a silence at once', async () => {
  await sendsFirst();
  sent[0]?.answer(1_000);
  await sleepsFor(1_000);
  asleep?.end();
  await sleepsFor(LONGEST_REST_MS);
  log.grew(20);
  await hasSent(10, 20);
});

it('does not wait with whole pieces', async () => {
  await sendsFirst();
  sent[0]?.answer(1_000);
  await sleepsFor(1_000);
  log.grew(2 * PIECE + 20);
  await hasSent(10, PIECE + 10);
  sent[1]?.answer(1_000);
  await hasSent(10, PIECE + 10, 2 * PIECE + 10);
  sent[2]?.answer(1_000);
  await sleepsFor(1_000);
});

it('does not let somebody wait who watches from the start', async () => {
  log.grew(10);
  await sleepsFor(100);
  log.ask();
  await hasSent(10);
});

it('lets a plain server hear of it as GitLab’s runner does: first after 3 s, then at its own interval, in pieces of 1 MiB', async () => {
  hasAdditions = false;
  log.grew(10);
  await sleepsFor(3_000);
  log.grew(20);
  expect(sent).toEqual([]);
  asleep?.end();
  await hasSent(20);
  sent[0]?.answer(90_000);
  await sleepsFor(90_000);
  expect(log.intervalMs).toBe(90_000);
  asleep?.end();
  await sleepsFor(LONGEST_REST_MS);
  log.grew(4 * PIECE);
  await hasSent(20, 4 * PIECE);
  sent[1]?.answer(0);
  await sleepsFor(90_000);
});

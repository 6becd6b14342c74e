import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place } from '../../executors/index.ts';
import { JobLog } from './job-log.ts';
import { createLogFilter } from './log-filter.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-log-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function open(grown: number[] = [], limitBytes = 1e6): JobLog {
  const filter = createLogFilter({ maskedValues: ['secret'], tokenPrefixes: [] });
  return new JobLog({ directory, filter, now: null, limitBytes, onGrowth: (size) => void grown.push(size) });
}

/** A place whose steps have printed this. */
function printed(steps: Record<string, string>): Place {
  const readLog = async (step: string, offset: number, into: Uint8Array) =>
    Buffer.from(steps[step] ?? '').copy(into, 0, offset, offset + into.length);
  const cutLog = async (step: string, sizeBytes: number) => {
    const text = steps[step] ?? '';
    if (text.length > sizeBytes) steps[step] = text.slice(0, sizeBytes);
    return Math.max(0, text.length - sizeBytes);
  };
  return { readLog, cutLog } as unknown as Place;
}

function spool(): string {
  return readFileSync(join(directory, 'log'), 'utf8');
}

describe('a job log', () => {
  it('holds the words of the runner and the output of its steps, in order, and says how far it has grown', async () => {
    const sizes: number[] = [];
    const log = open(sizes);
    log.write('hello\n');
    log.beginStep('a', '[a]\n');
    await log.ship(printed({ a: 'one\n' }), true);
    log.beginStep('b', '[b]\n');
    await log.ship(printed({ b: 'two\n' }), true);
    log.close();
    expect(spool()).toBe('hello\n[a]\none\n[b]\ntwo\n');
    expect(sizes).toEqual([0, 6, 10, 14, 18, 22]);
  });

  it('masks what the runner itself says, too', () => {
    const log = open();
    log.write('cannot find build/secret.txt\n');
    log.beginStep('a', '[secret]\n');
    log.close();
    expect(spool()).toBe('cannot find build/[MASKED].txt\n[[MASKED]]\n');
  });

  it('writes nothing once it is closed, in whatever file has its descriptor then', () => {
    const log = open();
    log.write('in time\n');
    log.close();
    const others = [1, 2].map((number) => openSync(join(directory, `other${number}`), 'w'));
    log.write('too late\n');
    for (const other of others) closeSync(other);
    expect(spool()).toBe('in time\n');
    expect([1, 2].map((number) => readFileSync(join(directory, `other${number}`), 'utf8'))).toEqual(['', '']);
  });

  it('goes on where the last runner stopped: no gap, no repeat, no second heading', async () => {
    const first = open();
    first.beginStep('a', '[a]\n');
    await first.ship(printed({ a: 'one\ntwo' }), false);
    first.close();
    const next = open();
    expect(next.step).toBe('a');
    await next.ship(printed({ a: 'one\ntwo\nthree\n' }), true);
    next.close();
    expect(spool()).toBe('[a]\none\ntwo\nthree\n');
  });

  it('cuts off what was written but not yet put down in the position', async () => {
    const first = open();
    first.beginStep('a', '[a]\n');
    await first.ship(printed({ a: 'one\n' }), false);
    first.close();
    appendFileSync(join(directory, 'log'), 'tw');
    const next = open();
    await next.ship(printed({ a: 'one\ntwo\n' }), true);
    next.close();
    expect(spool()).toBe('[a]\none\ntwo\n');
  });

  it('says how much a crash of the machine has taken', () => {
    const first = open();
    first.write('0123456789');
    first.close();
    truncateSync(join(directory, 'log'), 4);
    const next = open();
    expect(next.lostBytes).toBe(6);
    next.write('!');
    next.close();
    expect(spool()).toBe('0123!');
  });

  it.each([
    'null',
    '{}',
    '{"spool":',
    '',
    '{"spool":-5,"offset":0}',
    '{"spool":4,"offset":-7}',
    '{"spool":1.5,"offset":0}',
  ])('keeps the spool when its position is damaged: %s', async (damage) => {
    const first = open();
    first.beginStep('a', '[a]\n');
    await first.ship(printed({ a: 'one\n' }), false);
    first.close();
    writeFileSync(join(directory, 'log.position'), damage);
    const next = open();
    expect(next.mayRepeat).toBe(true);
    next.beginStep('a', '[a]\n');
    await next.ship(printed({ a: 'one\ntwo\n' }), true);
    next.close();
    expect(spool()).toBe('[a]\none\n[a]\none\ntwo\n');
  });

  it('masks a secret that two shipments share', async () => {
    const log = open();
    log.beginStep('a', '');
    await log.ship(printed({ a: 'my sec' }), false);
    expect(spool()).toBe('my ');
    await log.ship(printed({ a: 'my secret\n' }), true);
    log.close();
    expect(spool()).toBe('my [MASKED]\n');
  });
});

describe('the limit of a job log', () => {
  const LIMIT = 10 * 1024;
  const line = 'x'.repeat(99);

  it('is said once; the rest is counted and dropped, and the words of the runner stay', async () => {
    const log = open([], LIMIT);
    const steps = { a: `${line}\n`.repeat(50) };
    log.beginStep('a', '[a]\n');
    await log.ship(printed(steps), false);
    steps.a += `${line}\n`.repeat(100);
    await log.ship(printed(steps), false);
    expect(steps.a.length).toBe(LIMIT);
    steps.a += 'more of it\n';
    await log.ship(printed(steps), true);
    log.beginStep('b', '[b]\n');
    await log.ship(printed({ b: 'hello from b\n' }), true);
    log.write('Job succeeded\n');
    log.close();
    expect(log.droppedBytes).toBe(15_000 + 11 + 13 - LIMIT);
    const [kept = '', rest = ''] = spool().split(
      '\n\u001b[0;33mWARNING: the scripts have printed more than the limit of 10 KiB',
    );
    expect(kept).toBe(`[a]\n${`${line}\n`.repeat(103).slice(0, LIMIT)}`);
    expect(rest).toMatch(/^[^\n]*dropped[^\n]*\n\[b\]\nJob succeeded\n$/);
  });

  it('shows no part of a secret where it cuts', async () => {
    const log = open([], 9);
    log.beginStep('a', '');
    await log.ship(printed({ a: 'do not secretly tell\n' }), true);
    log.close();
    expect(spool()).toMatch(/^do not \n[^\n]*limit/);
  });

  it('leaves a log alone that just fits', async () => {
    const log = open([], 6);
    log.beginStep('a', '');
    await log.ship(printed({ a: 'secret' }), false);
    await log.ship(printed({ a: 'secret' }), true);
    log.close();
    expect(spool()).toBe('[MASKED]');
    expect(log.droppedBytes).toBe(0);
  });

  it('leaves a cleanup room of its own', async () => {
    const log = open([], 10);
    log.beginStep('a', '');
    await log.ship(printed({ a: line }), true);
    log.beginStep('cleanup', '', 20);
    await log.ship(printed({ cleanup: 'removing machines\n' }), true);
    log.close();
    expect(spool()).toContain('removing machines\n');
  });

  it('holds on in the next runner', async () => {
    const steps = { a: line };
    const first = open([], 10);
    first.beginStep('a', '');
    await first.ship(printed(steps), false);
    first.close();
    const before = spool();
    steps.a += line;
    const next = open([], 10);
    await next.ship(printed(steps), true);
    next.close();
    expect(spool()).toBe(before);
    expect(next.droppedBytes).toBe(2 * line.length - 10);
  });
});

it.each(['log', 'log.position'])('is kept up whatever lies in the place of %s', (file) => {
  for (const make of [() => mkdirSync(join(directory, file)), () => execFileSync('mkfifo', [join(directory, file)])]) {
    rmSync(join(directory, file), { recursive: true, force: true });
    make();
    const log = open();
    log.write('hello\n');
    log.close();
    expect(spool()).toContain('hello\n');
  }
});

it('ships a turn at a time, and stops when it is told to', async () => {
  const log = open([], 1e9);
  log.beginStep('a', '');
  const endless = {
    readLog: async (_: string, __: number, into: Uint8Array) => into.fill(121).length,
    cutLog: async () => 0,
  };
  const place = endless as unknown as Place;
  expect(await log.ship(place, false)).toBe(true);
  const before = log.sizeBytes;
  const stop = new AbortController();
  stop.abort();
  expect(await log.ship(place, false, stop.signal)).toBe(true);
  expect(log.sizeBytes).toBe(before);
  log.close();
});

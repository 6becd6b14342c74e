import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
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

function open(grown: number[] = []): JobLog {
  const filter = createLogFilter({ maskedValues: ['secret'], tokenPrefixes: [] });
  return new JobLog({ directory, filter, onGrowth: (size) => void grown.push(size) });
}

/** A place whose steps have printed this. */
function printed(steps: Record<string, string>): Place {
  const readLog = async (step: string, offset: number, into: Uint8Array) =>
    Buffer.from(steps[step] ?? '').copy(into, 0, offset, offset + into.length);
  return { readLog } as unknown as Place;
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

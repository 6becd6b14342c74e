import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { type Clock, realClock } from '../../base/index.ts';
import { type LogShipment, shipLog } from './ship-log.ts';

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, openSync: vi.fn(fs.openSync) };
});

const TEXT = 'one\ntwo\n';
let file: string;
let taken: string;
let warnings: string[];

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'epilogue-open-')), 'log');
  writeFileSync(file, TEXT);
  [taken, warnings] = ['', []];
});

afterEach(() => rmSync(join(file, '..'), { recursive: true }));

/** For it every moment takes as long as nobody calls. */
const asleep: Clock = {
  ...realClock,
  async sleep(_, signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    if (!signal?.aborted) await promise;
  },
};

function start(clock: Clock): LogShipment {
  return shipLog({
    coordinator: {
      hasAdditions: () => false,
      async appendTrace(_, offset, bytes) {
        taken = taken.slice(0, offset) + Buffer.from(bytes).toString();
        return { verdict: { kind: 'go_on' }, sizeBytes: taken.length, intervalMs: null };
      },
    },
    job: { id: 1, token: 'job' },
    file,
    clock,
    sent: { initial: 0, note: () => {} },
    onVerdict: () => {},
    warn: (text) => warnings.push(text),
  });
}

it('sends a log that its script has removed', async () => {
  const log = start(asleep);
  log.grew(TEXT.length);
  // As long as a script takes to begin.
  await vi.waitFor(() => expect(vi.mocked(openSync)).toHaveBeenCalledWith(file, expect.anything(), undefined));
  rmSync(file);
  await log.finish(new AbortController().signal);
  expect([taken, warnings]).toEqual([TEXT, []]);
});

it.each(['EMFILE', 'ENOMEM'])(
  'sends a log that cannot be opened for a while (%s), and says that once',
  async (code) => {
    for (let turn = 0; turn < 3; turn += 1) {
      vi.mocked(openSync).mockImplementationOnce(() => {
        throw Object.assign(new Error(`${code}: now`), { code, errno: -1 });
      });
    }
    const log = start(new AutoClock(0));
    log.grew(TEXT.length);
    await log.finish(new AbortController().signal);
    expect([taken, warnings]).toEqual([TEXT, [expect.stringContaining('its log waits')]]);
  },
);

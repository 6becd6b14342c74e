import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { Quarantine } from './quarantine.ts';
import { findQuarantined, requestRelease } from './release.ts';

const ENTRY = { key: 'k', name: 'one', quarantineAfter: 3 };
const NOW = Date.UTC(2026, 0, 1);

let directory: string;
let said: string[];
let changes: (number | null)[];
let liftedAtServer: number | null;
let asked: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-quarantine-'));
  [said, changes, liftedAtServer, asked] = [[], [], null, 0];
});

afterEach(() => rmSync(directory, { recursive: true }));

const open = () =>
  new Quarantine({
    ...{ directory, clock: new AutoClock(NOW), warn: (text) => said.push(text) },
    onChange: (_key, since) => changes.push(since),
    async askServer() {
      asked += 1;
      return liftedAtServer;
    },
  });

function spoil(quarantine: Quarantine): void {
  for (const [job, outcome] of [
    [1, 'failed'],
    [2, 'timed_out'],
    [3, 'lost'],
  ] as const)
    quarantine.note(ENTRY, job, outcome);
}

it('begins after three bad cleanups in a row, is on disk, and said once', () => {
  const quarantine = open();
  quarantine.note(ENTRY, 1, 'failed');
  quarantine.note(ENTRY, 2, 'failed');
  expect(quarantine.since(ENTRY)).toBeNull();
  quarantine.note(ENTRY, 3, 'lost');
  quarantine.note(ENTRY, 4, 'lost');
  expect(quarantine.since(ENTRY)).toBe(NOW);
  expect(said).toEqual([expect.stringContaining('1 (failed), 2 (failed), 3 (lost)')]);
  expect(open().since(ENTRY)).toBe(NOW);
  expect(findQuarantined(directory, 'k')).toEqual({
    ...{ since: NOW, isReleased: false, why: ['job 1: failed', 'job 2: failed', 'job 3: lost'] },
  });
});

it('hears at once that it was lifted at the server, and of no other quarantine', async () => {
  const quarantine = open();
  spoil(quarantine);
  const passing = quarantine.pass(() => ENTRY, new AbortController().signal);
  quarantine.release(ENTRY, new Date(NOW - 1).toISOString());
  quarantine.release(ENTRY, 'soon');
  expect(quarantine.since(ENTRY)).toBe(NOW);
  quarantine.release(ENTRY, new Date(NOW).toISOString());
  await passing;
  expect([quarantine.since(ENTRY), asked]).toEqual([null, 1]);
});

it('counts from the start after a good one; what was skipped or not owed counts neither way', () => {
  const quarantine = open();
  quarantine.note(ENTRY, 1, 'failed');
  quarantine.note(ENTRY, 2, 'failed');
  quarantine.note(ENTRY, 3, 'succeeded');
  expect(open().since(ENTRY)).toBeNull();
  quarantine.note(ENTRY, 4, 'failed');
  quarantine.note(ENTRY, 5, 'skipped');
  quarantine.note(ENTRY, 6, 'failed');
  quarantine.note(ENTRY, 7, 'not_owed');
  expect(quarantine.since(ENTRY)).toBeNull();
  quarantine.note(ENTRY, 8, 'failed');
  expect(quarantine.since(ENTRY)).toBe(NOW);
});

it('never begins where 0 is set, and is over once that is', () => {
  const quarantine = open();
  spoil(quarantine);
  const off = { ...ENTRY, quarantineAfter: 0 };
  expect(quarantine.since(off)).toBeNull();
  const other = { ...off, key: 'other' };
  for (let job = 1; job < 6; job += 1) quarantine.note(other, job, 'failed');
  expect(quarantine.since(other)).toBeNull();
});

it('is lifted by a release here that names it, and by none that names another', async () => {
  const quarantine = open();
  spoil(quarantine);
  requestRelease(directory, 'k', NOW - 1);
  const stop = new AbortController();
  const waiting = quarantine.pass(() => ENTRY, stop.signal);
  // The late one has been taken away by the first look; this one is seen at a later one.
  requestRelease(directory, 'k', NOW);
  expect(findQuarantined(directory, 'k')?.isReleased).toBe(true);
  await waiting;
  expect(quarantine.since(ENTRY)).toBeNull();
  expect(changes).toEqual([NOW, null]);
  expect(readdirSync(directory)).toEqual(['cleanups.json']);
});

it('is lifted by word of the server, which is asked now and then', async () => {
  const quarantine = open();
  spoil(quarantine);
  liftedAtServer = NOW;
  await quarantine.pass(() => ENTRY, new AbortController().signal);
  expect([quarantine.since(ENTRY), asked]).toEqual([null, 1]);
});

it('goes on with nothing where its file is not what it wrote, and says so', () => {
  writeFileSync(join(directory, 'cleanups.json'), '[]');
  expect(open().since(ENTRY)).toBeNull();
  expect(said).toEqual([expect.stringContaining('cleanups.json is not what a runner writes there')]);
});

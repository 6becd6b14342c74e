import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { type Holder, readHolder, writeHolder } from './holder.ts';
import { type LockOptions, lockJournals } from './lock-journals.ts';

let directory: string;
const told: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-take-over-'));
  told.length = 0;
});

afterEach(() => rmSync(directory, { recursive: true }));

function lock(changes: Partial<LockOptions> = {}): ReturnType<typeof lockJournals> {
  return lockJournals({
    directory,
    by: 'recover',
    wait: false,
    clock: new AutoClock(0),
    signal: new AbortController().signal,
    onHeld: ({ role }, waits) => void told.push(`${role} ${waits}`),
    ...changes,
  });
}

/** A pid that no process has. */
const NOBODY: Holder = { pid: 2 ** 30, role: 'run' };

it('takes what nobody holds, and says who has it now', async () => {
  const taken = await lock();
  expect(readHolder(directory)).toEqual({ pid: process.pid, role: 'recover' });
  taken?.release();
  expect(told).toEqual([]);
});

it('leaves a run that is alive alone, saying so', async () => {
  const held = await lock();
  writeHolder(directory, 'run');
  expect(await lock()).toBeNull();
  expect(told).toEqual(['run false']);
  held?.release();
});

it('leaves a run alone whose lock file a script of it has removed or replaced', async () => {
  const held = await lock();
  writeHolder(directory, 'run');
  rmSync(join(directory, 'lock'));
  expect(await lock()).toBeNull();
  writeFileSync(join(directory, 'lock'), 'mine');
  expect(await lock()).toBeNull();
  expect(told).toEqual(['run false', 'run false']);
  held?.release();
});

it('waits for another recovery, once told, and takes over when that is done', async () => {
  const held = await lock();
  const waiting = lock({ wait: true, onHeld: () => held?.release() });
  const taken = await waiting;
  expect(taken).not.toBeNull();
  taken?.release();
});

it('waits as long for it when the clock of the machine is set forward', async () => {
  const held = await lock();
  const clock = new AutoClock(0);
  void clock.sleep(1_000).then(() => clock.jump(3_600_000));
  void clock.sleep(60_000).then(() => held?.release());
  const taken = await lock({ wait: true, clock });
  expect(taken).not.toBeNull();
  taken?.release();
});

it('does not take the name that a killed run left for somebody at work', async () => {
  const held = await lock();
  writeFileSync(join(directory, 'holder.json'), JSON.stringify(NOBODY));
  expect(await lock()).toBeNull();
  expect(told).toEqual([]);
  held?.release();
});

it.each(['', 'null', '{}', '{"pid":"x"}'])('can do without the name of the holder: %j', async (text) => {
  writeFileSync(join(directory, 'holder.json'), text);
  expect(readHolder(directory)).toBeNull();
  const taken = await lock();
  expect(taken).not.toBeNull();
  taken?.release();
});

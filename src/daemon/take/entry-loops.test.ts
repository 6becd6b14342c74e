import { beforeEach, expect, it } from 'vitest';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY, type RunnerEntry } from '../config/runner-config.ts';
import type { Hearing } from '../hearing.ts';
import type { JobContext } from '../job/job-context.ts';
import { EntryLoops } from './entry-loops.ts';
import { Places } from './places.ts';
import { HandClock, HandServer, job, NONE, settle } from './testing/loop-bench.ts';

let clock: HandClock;
let server: HandServer;
let stop: AbortController;
let loops: EntryLoops;
let said: string[];
let opened: number;
let heardOut: number;
let unfit: string | null;
let ends: Map<number, () => void>;

beforeEach(() => {
  [clock, stop, said, ends] = [new HandClock(), new AbortController(), [], new Map()];
  [server, opened, heardOut] = [new HandServer(clock), 0, 0];
  unfit = null;
  const events = {
    hear() {},
    expect() {},
    woken: new AbortController().signal,
    expected: new AbortController().signal,
    end: async () => {
      heardOut += 1;
    },
  };
  const context = {
    coordinator: server,
    inform: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
  };
  loops = new EntryLoops(config(), {
    open() {
      opened += 1;
      return { context: context as unknown as JobContext, events: events as unknown as Hearing };
    },
    run: async (_, { id }) => await new Promise<void>((resolve) => ends.set(id, resolve)),
    gate: () => ({ isShut: () => false, pass: async () => {} }),
    places: new Places(() => 4),
    clock,
    log: (_, text) => void said.push(text),
    stop: stop.signal,
    refusalEnds: false,
    whyUnfit: () => unfit,
  });
});

const config = (...entries: readonly RunnerEntry[]) => ({ ...DEFAULT_RUNNER_CONFIG, entries });
const entry = (more: Partial<RunnerEntry> = {}): RunnerEntry => ({
  ...{ ...DEFAULT_RUNNER_ENTRY, key: 'k', name: 'one', url: () => 'http://ci', token: 't' },
  ...more,
});

async function apply(...entries: readonly RunnerEntry[]): Promise<void> {
  loops.apply(config(...entries));
  await settle();
}

it('lets the request of an entry go that is gone from the file, and its jobs go on', async () => {
  await apply(entry());
  await server.answer(job(1));
  expect(server.open.length).toBe(1);
  await apply();
  expect([server.open.length, loops.all.length, heardOut]).toEqual([0, 1, 0]);
  await clock.advance(60_000);
  expect(server.all.length).toBe(2);
  ends.get(1)?.();
  await settle();
  // Nobody has to be heard of for it any more.
  expect([loops.all.length, heardOut]).toEqual([0, 1]);
});

it('goes on with an entry that is back in the file before its last job has ended, as the same', async () => {
  await apply(entry());
  await server.answer(job(1));
  await apply();
  await apply(entry({ limit: 3 }));
  expect([server.open.length, opened, loops.find('k')?.current.limit]).toEqual([1, 1, 3]);
  ends.get(1)?.();
  await settle();
  expect([loops.all.length, server.open.length]).toEqual([1, 1]);
});

it('asks at once with other settings, not with the same ones, and with a drawn token from the next request on', async () => {
  await apply(entry());
  await server.answer(NONE);
  await apply(entry());
  expect([server.times, said.some((text) => text.includes('has changed'))]).toEqual([[0], false]);
  await apply(entry({ limit: 2 }));
  expect(server.times).toEqual([0, 0]);
  loops.replaceToken('k', { token: 'drawn', tokenObtainedAt: null, tokenExpiresAt: null });
  expect(loops.find('k')?.current).toMatchObject({ token: 'drawn', limit: 2 });
});

it('has ended once it is stopped and the last job has', async () => {
  await apply(entry(), entry({ key: 'other', name: 'two' }));
  expect(server.open.length).toBe(2);
  await server.answer(job(1));
  let hasEnded = false;
  const ended = loops.ended().then(() => {
    hasEnded = true;
  });
  stop.abort();
  await settle();
  expect([server.open.length, hasEnded]).toEqual([0, false]);
  ends.get(1)?.();
  await ended;
  expect(heardOut).toBe(2);
});

it('asks for no job while none can be done here, says so once, and looks again', async () => {
  unfit = 'the disk is full';
  await apply(entry());
  await clock.advance(5_000);
  expect(server.all).toEqual([]);
  expect(said.filter((text) => text.includes('the disk is full')).length).toBe(1);
  unfit = null;
  await clock.advance(4_000);
  expect(server.open.length).toBe(1);
  expect(said.at(-1)).toBe('one: takes jobs again');
});

import { payload } from '../../../../test/support/jobs/payload.ts';
import { type Clock, Failure } from '../../../base/index.ts';
import { DEFAULT_RUNNER_ENTRY, type RunnerEntry } from '../../config/runner-config.ts';
import type { Work } from '../../wire/read-work.ts';
import { EntryLoop } from '../entry-loop.ts';
import { Places } from '../places.ts';

/** A clock that stands still until it is set forward. */
export class HandClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  now = (): number => this.#now;
  monotonic = (): number => this.#now;
  sinceBoot = (): number => this.#now;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      this.#sleepers.delete(sleeper);
      resolve();
    };
    const sleeper = { at: this.#now + ms, wake };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', wake, { once: true });
    return promise;
  }

  /** Whoever sleeps wakes in the order of time, and does what it wants to before the next one does. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = [...this.#sleepers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = end;
  }
}

/** Whoever can go on has done so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

/** A request for work that is under way. */
export interface Asked {
  /** Ms of the clock. */
  readonly at: number;
  readonly lastUpdate: string | null;
  readonly isOver: boolean;
  answer(work: Work): void;
}

const SAID = { lastUpdate: null, hasAdditions: false, release: null, wasRetried: false };
export const NONE: Work = { kind: 'none', ...SAID };
export const REFUSED: Work = { kind: 'refused' };
export const job = (id: number): Work => ({ kind: 'job', payload: payload({ id }), ...SAID });
export const later = (retryMs: number | null): Work => ({
  ...{ kind: 'later', status: 503, retryMs, why: 'busy', unusable: null, wasRetried: true },
});
export const ours = (lastUpdate: string): Work => ({ kind: 'none', ...SAID, lastUpdate, hasAdditions: true });

/** A server in a test's hands: requests stand until they are answered. */
export class HandServer {
  readonly all: Asked[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly requestJob = async (lastUpdate: string | null, signal: AbortSignal): Promise<Work> => {
    const { promise, resolve, reject } = Promise.withResolvers<Work>();
    let isOver = false;
    const asked = {
      ...{ at: this.#clock.monotonic(), lastUpdate },
      get isOver() {
        return isOver;
      },
      answer(work: Work) {
        isOver = true;
        resolve(work);
      },
    };
    signal.addEventListener('abort', () => {
      isOver = true;
      reject(new Failure('coordinator_unreachable', 'let go'));
    });
    this.all.push(asked);
    return await promise;
  };

  get open(): readonly Asked[] {
    return this.all.filter(({ isOver }) => !isOver);
  }

  /** When requests were made. */
  get times(): readonly number[] {
    return this.all.map(({ at }) => at);
  }

  /** The oldest that is under way. */
  async answer(work: Work): Promise<void> {
    const [asked] = this.open;
    if (asked === undefined) throw new Error('nobody asks');
    asked.answer(work);
    await settle();
  }
}

export interface LoopBench {
  readonly clock: HandClock;
  readonly server: HandServer;
  readonly places: Places;
  readonly loop: EntryLoop;
  /** Ids of jobs, in the order in which they began. */
  readonly begun: readonly number[];
  readonly warnings: readonly string[];
  change(entry: Partial<RunnerEntry>): void;
  /** Of the stream: there may be work. */
  ring(): void;
  shut(isShut: boolean): void;
  end(job: number): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  /** Settles as `ask` does. */
  readonly asking: Promise<void>;
}

interface BenchOptions {
  readonly entry?: Partial<RunnerEntry>;
  readonly concurrent?: number;
  readonly refusalEnds?: boolean;
}

/** One entry that asks every three seconds, of a server and with a clock that a test moves. */
export function openLoopBench({ entry: given, concurrent = 8, refusalEnds = false }: BenchOptions = {}): LoopBench {
  const clock = new HandClock();
  const server = new HandServer(clock);
  const places = new Places(() => concurrent);
  const [begun, warnings, stop] = [[] as number[], [] as string[], new AbortController()];
  const ends = new Map<number, () => void>();
  let entry: RunnerEntry = {
    ...{ ...DEFAULT_RUNNER_ENTRY, key: 'k', name: 'one', url: () => 'http://ci', token: 't' },
    ...given,
  };
  const word = handWord();
  const gate = handGate();
  const loop = new EntryLoop({
    ...{ entry: () => entry, checkIntervalMs: () => 3_000, coordinator: server, places, clock, refusalEnds },
    events: word.events,
    inform: () => {},
    warn: (text) => void warnings.push(text),
    async run({ id }) {
      begun.push(id);
      await new Promise<void>((resolve) => ends.set(id, resolve));
    },
    gate,
    fitness: { restMs: () => 0 },
  });
  let asking = Promise.resolve();
  return {
    ...{ clock, server, places, loop, begun, warnings },
    get asking() {
      return asking;
    },
    change(more) {
      entry = { ...entry, ...more };
      loop.change();
    },
    ring: word.ring,
    shut: gate.shut,
    async end(id) {
      ends.get(id)?.();
      await settle();
    },
    start() {
      asking = loop.ask(stop.signal);
      asking.catch(() => {});
    },
    async stop() {
      stop.abort();
      await settle();
    },
  };
}

/** What a stream says of work. */
function handWord() {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    events: {
      hear: () => {},
      woken: new AbortController().signal,
      expect: () => {
        if (rung.signal.aborted) rung = new AbortController();
      },
      get expected() {
        return rung.signal;
      },
    },
  };
}

/** A quarantine. */
function handGate() {
  let opened = Promise.withResolvers<void>();
  let isShut = false;
  return {
    isShut: () => isShut,
    pass: () => opened.promise,
    shut(shuts: boolean) {
      isShut = shuts;
      if (!shuts) opened.resolve();
      else opened = Promise.withResolvers();
    },
  };
}

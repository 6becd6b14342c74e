import { batch, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Routes } from '../../generated/routes.ts';
import { noteAnswer } from '../api/identity.ts';
import { createLive, type Link } from '../live/index.ts';
import { monotonicMs, wallMs } from './clock.ts';

/** How the page stands to the coordinator. */
export const link = signal<Link>({ kind: 'idle' });

type Events = Routes['GET /api/v4/events']['events'];

/** What an event of this name says. */
export type Told<Name extends keyof Events> = Events[Name]['data'];

/** Hears of one thing that is watched: `(event, data) => …`, where the name says what the data are. */
export type Hear = (...told: { [Name in keyof Events]: [event: Name, data: Told<Name>] }[keyof Events]) => void;

/** The one stream of this page. */
export const live = createLive(
  {
    fetch: (url, init) => fetch(url, init),
    now: wallMs,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  },
  {
    address: '/api/v4/events',
    onLink: (next) => {
      link.value = next;
    },
    onAnswer: ({ headers }) => noteAnswer(headers),
    onBug: (error) => reportError(error),
    inOne: batch,
  },
);

document.addEventListener('visibilitychange', () => live.setHidden(document.hidden));

/** Of a page that was left and may be kept for Back: its stream would hold one of the browser's connections meanwhile. */
let comeBack: (() => void) | null = null;
addEventListener('pagehide', () => {
  comeBack ??= live.letGo();
});
addEventListener('pageshow', () => {
  comeBack?.();
  comeBack = null;
});

/** Since when, on the monotonic clock, the page has been in the dark; null: it is not. What counts down stands still then. */
export const lostAtMs = signal<number | null>(null);
link.subscribe(({ kind }) => {
  lostAtMs.value = kind === 'lost' ? (lostAtMs.peek() ?? monotonicMs()) : null;
});

/** A browser has six connections to a host, and each of its windows holds one: what has waited so long may be waiting for one. */
const LET_GO_MS = 1_000;
/** Longer than any answer is waited for. */
const LONGEST_MS = 16_000;

/** Twice as long each time, until an answer comes sooner: a server that is slow is not asked for a new stream with every answer. */
let patienceMs = LET_GO_MS;
/** Answers for which the stream has been let go now. */
let lent = 0;

/** Waits for an answer; the stream gives its connection away where that takes long, and comes back after. */
export async function lettingGo<T>(answer: Promise<T>): Promise<T> {
  const askedAt = monotonicMs();
  let back = (): void => {};
  const timer = setTimeout(() => {
    back = live.letGo();
    // Several that wait let it go once.
    if (lent === 0) patienceMs = Math.min(LONGEST_MS, patienceMs * 2);
    lent += 1;
    const takeBack = back;
    back = () => {
      lent -= 1;
      takeBack();
    };
  }, patienceMs);
  try {
    const value = await answer;
    if (monotonicMs() - askedAt < LET_GO_MS) patienceMs = LET_GO_MS;
    return value;
  } finally {
    clearTimeout(timer);
    back();
  }
}

/**
 * Watches one thing while the view is there: `useWatch('pipeline:812', (event, data) => …)`. The name null: nothing yet. `glance` is asked,
 * while nobody looks at the tab, whether it is still unfinished.
 */
export function useWatch(name: string | null, hear: Hear, glance?: () => Promise<boolean>): void {
  const latest = useRef({ hear, glance });
  latest.current = { hear, glance };
  useEffect(() => {
    if (name === null) return;
    return live.watch({
      name: () => name,
      hear: (...told: Parameters<Hear>) => latest.current.hear(...told),
      glance: () => latest.current.glance?.() ?? Promise.resolve(false),
    });
  }, [name]);
}

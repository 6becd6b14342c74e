import { batch, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { noteAnswer } from '../api/identity.ts';
import { createLive, type Link, type Watcher } from '../live/index.ts';
import { monotonicMs, wallMs } from './clock.ts';

/** How the page stands to the coordinator. */
export const link = signal<Link>({ kind: 'idle' });

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

/** Since when, on the monotonic clock, the page has been in the dark; null: it is not. What counts down stands still then. */
export const lostAtMs = signal<number | null>(null);
link.subscribe(({ kind }) => {
  lostAtMs.value = kind === 'lost' ? (lostAtMs.peek() ?? monotonicMs()) : null;
});

/** A browser has six connections to a host: a write that has waited so long may be waiting for one. */
const LET_GO_MS = 3_000;

/** Waits for the answer to a write; the stream gives its connection away where that takes long, and comes back after. */
export async function lettingGo<T>(answer: Promise<T>): Promise<T> {
  let back = (): void => {};
  const timer = setTimeout(() => {
    back = live.letGo();
  }, LET_GO_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    back();
  }
}

/**
 * Watches one thing while the view is there: `useWatch('pipeline:812', (event, data) => …)`. The name null: nothing yet. `glance` is asked,
 * while nobody looks at the tab, whether it is still unfinished.
 */
export function useWatch(name: string | null, hear: Watcher['hear'], glance?: () => Promise<boolean>): void {
  const latest = useRef({ hear, glance });
  latest.current = { hear, glance };
  useEffect(() => {
    if (name === null) return;
    return live.watch({
      name: () => name,
      hear: (event, data) => latest.current.hear(event, data),
      glance: () => latest.current.glance?.() ?? Promise.resolve(false),
    });
  }, [name]);
}

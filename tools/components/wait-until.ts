import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/** Polls until `condition` holds; throws when it does not in time, saying what was waited for. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { what, timeoutMs, signal }: { readonly what: string; readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!(await condition())) {
    signal?.throwIfAborted();
    if (performance.now() > until) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await sleep(pollMs);
  }
}

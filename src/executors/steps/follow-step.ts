import { watch } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/index.ts';
import type { Place, StepState } from '../executor.ts';
import { createLogReader } from './read-log.ts';

/** What this process knows of the log of one step, whoever started it, and when there is news. `readLog`, `cutLog` and `changed` as in `Place`. */
export interface StepFollower {
  readLog(offset: number, into: Uint8Array): Promise<number>;
  cutLog(sizeBytes: number): number;
  changed(maxMs: number, signal?: AbortSignal): ReturnType<Place['changed']>;
  close(): void;
}

export interface FollowedStep {
  /** On this machine. */
  readonly stepDir: string;
  readonly clock: Clock;
  readonly look: () => StepState | Promise<StepState>;
}

/** How late a change is noticed when the file system does not report it. */
const POLL_MS = 100;

/** @returns also how to wake all who wait, when the step is known to have ended. */
export function createStepFollower({ stepDir, clock, look }: FollowedStep): StepFollower & { wake(): void } {
  const waiting = new Set<() => void>();
  const log = createLogReader(join(stepDir, 'log'));

  function wake(): void {
    for (const stop of waiting) stop();
  }

  async function readLog(offset: number, into: Uint8Array): Promise<number> {
    const count = log.read(offset, into);
    if (count === 0 && isOver(await look())) log.close();
    return count;
  }

  async function changed(maxMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const stop = (): void => over.abort();
    signal?.addEventListener('abort', stop, { once: true });
    waiting.add(stop);
    const unwatch = watchDirectory(stepDir, stop);
    try {
      await untilNews(clock.monotonic() + maxMs, over.signal, signal);
    } finally {
      unwatch();
      waiting.delete(stop);
      signal?.removeEventListener('abort', stop);
    }
  }

  async function untilNews(deadline: number, over: AbortSignal, signal?: AbortSignal): Promise<void> {
    // Whoever calls in a loop without reading must not keep events, such as the end of the step, from coming in.
    await setImmediate();
    // Looked at once the watch stands, so that nothing falls between the caller's last look and the watch.
    while (!signal?.aborted && !over.aborted && !isOver(await look()) && !log.hasMore()) {
      const left = deadline - clock.monotonic();
      if (left <= 0) return;
      await clock.sleep(Math.min(POLL_MS, left), over);
    }
  }

  return { readLog, cutLog: log.cut, changed, close: log.close, wake };
}

/** What is told to go goes on until it is gone. */
function isOver(state: StepState): boolean {
  return !['absent', 'running'].includes(state.kind) && !(state.kind === 'evicted' && !state.isGone);
}

/** A hint only: when the system has no watches left, or no directory yet, polling does. */
function watchDirectory(path: string, onChange: () => void): () => void {
  try {
    const watcher = watch(path, onChange);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

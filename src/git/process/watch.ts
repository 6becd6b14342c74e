import type { Failure } from '../../base/index.ts';
import { gitFailure } from './git-failure.ts';

export interface WatchOptions {
  /** What is watched, for the failures' words. */
  readonly what: string;
  /** How long a client may neither give nor take a byte while we wait for it. */
  readonly stallMs: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** Over one exchange with a client: says when it has to end early. */
export interface Watch {
  /** Aborts with a Failure `stalled`, `git_timeout` or `canceled`, or what `end` was given. The first reason stands. */
  readonly signal: AbortSignal;
  /** Waits for the client: for its next bytes, or for it to take ours. Rejects when the watch ends. */
  forClient<T>(wait: Promise<T>): Promise<T>;
  /** Waits for anything else. Rejects when the watch ends. */
  until<T>(wait: Promise<T>): Promise<T>;
  end(reason: Failure): void;
  /** The exchange is over; the signal aborts no more. */
  close(): void;
}

export function createWatch({ what, stallMs, deadlineMs, signal }: WatchOptions): Watch {
  const stop = new AbortController();
  let waits = 0;
  const end = (reason: Failure) => {
    if (!stop.signal.aborted) stop.abort(reason);
  };
  const stall = setTimeout(() => {
    // Git is at work, and the client waits for us.
    if (waits === 0) stall.refresh();
    else end(gitFailure('stalled', `${what}: the client neither gave nor took a byte for ${stallMs} ms`));
  }, stallMs);
  const deadline = setTimeout(
    () => end(gitFailure('git_timeout', `${what} took longer than ${deadlineMs} ms`)),
    deadlineMs,
  );
  const cancel = () => end(gitFailure('canceled', `${what} was canceled`));
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: stop.signal,
    end,
    until: (wait) => orAbort(wait, stop.signal),
    async forClient(wait) {
      waits += 1;
      try {
        return await orAbort(wait, stop.signal);
      } finally {
        waits -= 1;
        if (!stop.signal.aborted) stall.refresh();
      }
    },
    close() {
      clearTimeout(stall);
      clearTimeout(deadline);
      signal?.removeEventListener('abort', cancel);
    },
  };
}

async function orAbort<T>(wait: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, wait]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

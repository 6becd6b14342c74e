import type { Clock } from '../base/index.ts';

/** How this process is told to stop. Words only get stronger. */
export class Shutdown {
  readonly #drained = new AbortController();
  readonly #tornDown = new AbortController();
  readonly #detached = new AbortController();
  readonly #handedOver = new AbortController();

  /** Takes no more jobs; those that run go on to their end. */
  drain(): void {
    this.#drained.abort();
  }

  /** Takes no more jobs; those that run are torn down, their cleanup included. */
  tearDown(): void {
    this.#tornDown.abort();
    this.#drained.abort();
  }

  /** Takes no more jobs, and leaves those that run, untouched, to the next process. */
  detach(): void {
    this.#detached.abort();
    this.#drained.abort();
  }

  /** Ends at once; what is under way stays in the journals. */
  handOver(): void {
    this.#handedOver.abort();
    this.#drained.abort();
  }

  /** No more jobs, and nothing else: those that run go on. */
  get isDrain(): boolean {
    return this.#drained.signal.aborted && ![this.#tornDown, this.#detached, this.#handedOver].some(isAborted);
  }

  /** No more jobs. */
  get noMoreJobs(): AbortSignal {
    return this.#drained.signal;
  }

  /** Every job is to be torn down. */
  get tornDown(): AbortSignal {
    return this.#tornDown.signal;
  }

  /** Nobody touches a job any more; its server is told so. */
  get detached(): AbortSignal {
    return this.#detached.signal;
  }

  /** Nobody waits for anything any more. */
  get handedOver(): AbortSignal {
    return this.#handedOver.signal;
  }
}

function isAborted({ signal }: AbortController): boolean {
  return signal.aborted;
}

export type ShutdownSignal = 'SIGQUIT' | 'SIGTERM' | 'SIGINT';

/** Programs that start us (npm, make) pass a Ctrl-C on that the terminal has sent us already; a person is slower. */
const SAME_KEYSTROKE_MS = 40;

/**
 * What a signal means: SIGQUIT drains. The first SIGTERM or SIGINT, also after a SIGQUIT, tears the jobs down, or leaves them to the next process where that is wanted;
 * the second one hands over at once.
 */
export function signalsTo(shutdown: Shutdown, clock: Clock, detach: () => boolean): (signal: ShutdownSignal) => void {
  let firstAt: number | null = null;
  return (signal) => {
    if (signal === 'SIGQUIT') return shutdown.drain();
    const now = clock.monotonic();
    if (firstAt !== null && now - firstAt >= SAME_KEYSTROKE_MS) return shutdown.handOver();
    firstAt ??= now;
    if (detach()) shutdown.detach();
    else shutdown.tearDown();
  };
}

import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/index.ts';

export interface ServerEvent {
  readonly event: string;
  /** What the watcher says as `Last-Event-ID` when it comes back. */
  readonly id?: number | string;
  /** JSON. */
  readonly data: unknown;
}

/** Where a teller puts what it tells. */
export interface Sink<E extends ServerEvent> {
  /** Resolves when the next one may be sent; false: nobody takes them any more. */
  readonly send: (event: E) => Promise<boolean>;
}

/** Who takes nothing for so long is cut off. */
const STALLED_MS = 30_000;

/**
 * Server-sent events to one watcher. Nothing is written before what was written before has been taken: of a slow reader no more than
 * one event is held in memory, and it then gets what there is by that time.
 */
export class EventStream<E extends ServerEvent> implements Sink<E> {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #gone: AbortSignal;

  /** @param gone aborts when the watcher has hung up, or the server stops. */
  constructor(
    response: ServerResponse,
    { clock, gone, version }: { clock: Clock; gone: AbortSignal; version: string },
  ) {
    this.#response = response;
    this.#clock = clock;
    this.#gone = gone;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // It ends with the stream: left idle, it would keep a server that stops from ending.
      connection: 'close',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'epilogue-version': version,
    });
    // The watcher knows that it is heard, also while there is nothing to tell.
    response.flushHeaders();
  }

  async send(event: E): Promise<boolean> {
    return await this.#write(bytesOf(event));
  }

  /** Keeps proxies from taking the connection for dead. */
  async beat(): Promise<boolean> {
    return await this.#write(': \n\n');
  }

  /** @param retryMs how soon a watcher comes back; null: as it likes. @param last said before, to whoever still listens. */
  end(retryMs: number | null, last?: E): void {
    const isHeard = !this.#response.destroyed;
    if (last !== undefined && isHeard) this.#response.write(bytesOf(last));
    if (retryMs !== null && isHeard) this.#response.write(`retry: ${retryMs}\n\n`);
    this.#response.end();
  }

  async #write(text: string | Uint8Array): Promise<boolean> {
    if (this.#gone.aborted || this.#response.destroyed) return false;
    if (this.#response.write(text)) return true;
    const taken = new AbortController();
    const drained = (): void => taken.abort();
    this.#response.once('drain', drained);
    await this.#clock.sleep(STALLED_MS, AbortSignal.any([taken.signal, this.#gone]));
    this.#response.off('drain', drained);
    if (taken.signal.aborted) return !this.#gone.aborted;
    this.#response.destroy();
    return false;
  }
}

const known = new WeakMap<ServerEvent, Uint8Array>();

/** One event may be told to many watchers: it is put into words once. */
function bytesOf(said: ServerEvent): Uint8Array {
  const before = known.get(said);
  if (before !== undefined) return before;
  const { event, id, data } = said;
  const head = id === undefined ? '' : `id: ${id}\n`;
  const bytes = Buffer.from(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  known.set(said, bytes);
  return bytes;
}

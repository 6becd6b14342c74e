import type { LiveOptions, World } from './live-types.ts';
import { createEventParser, type SentEvent } from './parse-events.ts';

/** The server beats every 10 s: who hears nothing for so long has lost it, whatever the connection says. */
const SILENT_MS = 25_000;

/** `ended`: it, or the way to it, broke off. */
export type StreamEnd =
  | { readonly kind: 'ended'; readonly retryMs: number | null }
  | { readonly kind: 'refused'; readonly status: number };

export interface Reading extends Pick<LiveOptions, 'onAnswer'> {
  readonly signal: AbortSignal;
  /** The server takes it. */
  onOpen(): void;
  /** There is life, if only a beat. */
  onBytes(): void;
  onEvents(events: readonly SentEvent[]): void;
}

/** What will not be another answer by asking again. Of others, also of a proxy's, it is not known. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** Reads one stream to its end. Never rejects: whatever goes wrong is its end. */
export async function readStream(world: World, url: string, reading: Reading): Promise<StreamEnd> {
  const hangUp = new AbortController();
  const { signal } = hangUp;
  const leave = (): void => hangUp.abort();
  reading.signal.addEventListener('abort', leave, { once: true });
  if (reading.signal.aborted) leave();
  const watchdog = createWatchdog(world, leave);
  try {
    const answer = await world.fetch(url, { signal, headers: { accept: 'text/event-stream' } });
    reading.onAnswer(answer);
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (answer.status === 200 && isStream && answer.body !== null) {
      reading.onOpen();
      return await readBody(answer.body, reading, watchdog);
    }
    if (FINAL.has(answer.status)) return { kind: 'refused', status: answer.status };
    return { kind: 'ended', retryMs: retryAfter(answer.headers) };
  } catch {
    return { kind: 'ended', retryMs: null };
  } finally {
    watchdog.stop();
    reading.signal.removeEventListener('abort', leave);
    hangUp.abort();
  }
}

async function readBody(body: ReadableStream<Uint8Array>, reading: Reading, watchdog: Watchdog): Promise<StreamEnd> {
  const parser = createEventParser();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      watchdog.reset();
      reading.onBytes();
      const events = parser.push(value);
      if (events.length > 0) reading.onEvents(events);
    }
  } catch {
    // Broken off, hung up, or not a stream of ours: as an end.
  }
  return { kind: 'ended', retryMs: parser.retryMs() };
}

interface Watchdog {
  reset(): void;
  stop(): void;
}

function createWatchdog({ after }: World, bark: () => void): Watchdog {
  let cancel = after(SILENT_MS, bark);
  return {
    reset() {
      cancel();
      cancel = after(SILENT_MS, bark);
    },
    stop: () => cancel(),
  };
}

function retryAfter(headers: Headers): number | null {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : null;
}

import type { World } from '../live-types.ts';

/** A browser whose time stands still until it is passed, and the server that it asks. */
export interface FakeWorld extends World {
  /** What has been asked for and is still connected, in order. */
  readonly open: readonly Served[];
  readonly asked: readonly string[];
  /** Runs what is due on the way, and whatever follows from it. */
  pass(ms: number): Promise<void>;
  /** How the next requests are answered; a stream when nothing is said. `down`: no answer at all. */
  serve(answer: 'stream' | 'down' | { readonly status: number; readonly headers?: Record<string, string> }): void;
}

export interface Served {
  readonly url: string;
  send(event: string, watch: string, data: unknown): Promise<void>;
  /** As it stands, such as a beat. */
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

const TURNS = 20;

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A stream that a test writes into, among those that are open until it is ended or hung up. */
function openStream(url: string, signal: AbortSignal, open: Served[]): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const leave = (): void => {
    const at = open.indexOf(served);
    if (at >= 0) open.splice(at, 1);
  };
  const write = async (text: string): Promise<void> => {
    writer.write(new TextEncoder().encode(text)).catch(() => {});
    await settle();
  };
  const served: Served = {
    url,
    write,
    send: async (event, watch, data) => await write(`event: ${event}\ndata: ${JSON.stringify({ watch, data })}\n\n`),
    end: async () => {
      leave();
      writer.close().catch(() => {});
      await settle();
    },
  };
  signal.addEventListener('abort', () => {
    leave();
    writer.abort(new Error('hung up')).catch(() => {});
  });
  open.push(served);
  return new Response(readable, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

export function createFakeWorld(): FakeWorld {
  let now = 1_000_000;
  let answer: Parameters<FakeWorld['serve']>[0] = 'stream';
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const open: Served[] = [];
  const asked: string[] = [];

  return {
    open,
    asked,
    now: () => now,
    random: () => 1,
    async fetch(url, { signal }) {
      asked.push(url);
      if (answer === 'down') throw new TypeError('Failed to fetch');
      if (answer === 'stream') return openStream(url, signal, open);
      return new Response('no', { status: answer.status, headers: answer.headers ?? {} });
    },
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(ms) {
      const until = now + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
    },
    serve(next) {
      answer = next;
    },
  };
}

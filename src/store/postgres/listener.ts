import type pg from 'pg';
import type { Clock } from '../../base/index.ts';
import type { HintBoard } from '../connection/hint-board.ts';
import { createListeningClient } from './postgres-connection.ts';
import { CHANNEL, fromPayload } from './wire-hints.ts';

export interface Listener {
  stop(): Promise<void>;
}

export interface ListenerOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly origin: string;
  readonly hints: HintBoard;
}

/** How often the connection has to hear its own voice; a cut one (no packet ever comes) is noticed after twice this. */
const PROOF_MS = 3_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * One connection that hears what other processes publish. It goes: connect → LISTEN → tell everybody to look (hints may have gone by) →
 * hear, until the connection ends or does not hear itself → pause (jittered) → from the start.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const stopping = new AbortController();
  const { promise: firstTry, resolve: triedOnce } = Promise.withResolvers<void>();
  const running = keepListening(options, stopping.signal, triedOnce);
  await firstTry;
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function keepListening(options: ListenerOptions, signal: AbortSignal, tried: () => void): Promise<void> {
  const { clock } = options;
  for (let failures = 0; !signal.aborted; ) {
    const heard = await listenOnce(options, signal, tried).catch(() => false);
    tried();
    failures = heard ? 0 : failures + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    await clock.sleep(pause * (0.5 + Math.random()), signal);
  }
}

/** Resolves when it no longer hears: true when it ever did. */
async function listenOnce(options: ListenerOptions, signal: AbortSignal, listening: () => void): Promise<boolean> {
  const { url, clock, origin, hints } = options;
  const client = createListeningClient(url);
  const over = new AbortController();
  const end = (): void => over.abort();
  client.once('end', end);
  client.once('error', end);
  signal.addEventListener('abort', end, { once: true });
  let proofs = 0;
  client.on('notification', ({ payload = '' }: pg.Notification) => {
    const note = fromPayload(payload);
    if (note.origin !== origin) hints.tell(note.hints);
    else if (note.hints.length === 0) proofs++;
  });
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    listening();
    hints.tellToLook();
    for (let sent = 0; proofs === sent && !over.signal.aborted; ) {
      // Not awaited: on a cut connection no answer comes, and the proof is what counts.
      client.query(`select pg_notify('${CHANNEL}', $1)`, [origin]).catch(end);
      sent++;
      await clock.sleep(PROOF_MS, over.signal);
    }
    return true;
  } finally {
    signal.removeEventListener('abort', end);
    drop(client);
  }
}

/** Without a goodbye that nobody may answer. */
function drop(client: pg.Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  client.end().catch(() => undefined);
  stream.destroy();
}

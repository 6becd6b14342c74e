import { connect } from 'node:net';

export interface SlowClient {
  /** Everything that came, once the server has hung up. Rejects when it has not in time. */
  readonly answer: Promise<string>;
  /** How much the server has taken of what was sent. */
  sent(): number;
}

export interface Slowness {
  /** Sent at once. */
  readonly head: string | Uint8Array;
  /** Sent again and again from then on, as fast as it is taken or every so many ms; nothing when left out. */
  readonly drip?: string | Uint8Array;
  readonly everyMs?: number;
  /** It takes nothing of the answer. */
  readonly isDeaf?: true;
}

/** Who does not hang up within this holds on to a connection. */
const HANGS_MS = 20_000;

/** A client that is in no hurry. */
export function slowClient(port: number, { head, drip, everyMs, isDeaf }: Slowness): SlowClient {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const { promise: answer, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Uint8Array[] = [];
  const late = setTimeout(() => {
    reject(new Error(`the server has not hung up on: ${String(head).slice(0, 200)}`));
    socket.destroy();
  }, HANGS_MS);
  const dripping = everyMs === undefined ? null : setInterval(() => socket.write(drip ?? ''), everyMs);
  const flood = (): void => {
    while (socket.writable && socket.write(drip ?? ''));
  };
  socket.write(head);
  if (drip !== undefined && everyMs === undefined) socket.on('drain', flood).once('connect', flood);
  // One that it has hung up on has answered before, or not.
  socket.on('error', () => {});
  if (isDeaf === true) socket.pause();
  else socket.on('data', (chunk) => chunks.push(chunk)).on('end', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(late);
    if (dripping !== null) clearInterval(dripping);
    resolve(Buffer.concat(chunks).toString());
  });
  return { answer, sent: () => socket.bytesWritten };
}

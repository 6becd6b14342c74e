import { type ClientRequest, type IncomingMessage, type Agent as PlainAgent, request as plainRequest } from 'node:http';
import { type Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { describeError, Failure, onAbort } from '../../../base/index.ts';
import type { EngineAddress } from './address.ts';

export interface Asking {
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>>;
  readonly body?: object;
  /** Instead of `body`. */
  readonly tar?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest silence, ms; 30 s where nothing is said. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export const SILENCE_MS = 30_000;

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly more: Asking;
}

type AnyAgent = PlainAgent | TlsAgent;

/** One request, whose answer begins. @throws Failure `engine_unreachable`, `canceled` */
export function exchange(address: EngineAddress, agent: AnyAgent, asked: Exchange): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  begin(address, agent, asked, reject)?.once('response', resolve);
  return promise;
}

/** One request after which the connection is the caller's. An answer where it is refused. @throws as `exchange` */
export function takeOver(
  address: EngineAddress,
  agent: AnyAgent,
  { method, path, more }: Exchange,
): Promise<Duplex | IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex | IncomingMessage>();
  const headers = { ...more.headers, connection: 'Upgrade', upgrade: 'tcp' };
  const request = begin(address, agent, { method, path, more: { ...more, headers } }, reject);
  request?.once('response', resolve);
  request?.once('upgrade', (_, socket: Socket, first: Buffer) => {
    socket.setTimeout(0);
    // Whoever reads is told; and nobody may be reading.
    socket.on('error', () => {});
    if (first.length > 0) socket.unshift(first);
    const { signal } = more;
    if (signal !== undefined) {
      const off = onAbort(signal, () => socket.destroy(new Error('called off')));
      socket.once('close', off);
    }
    resolve(socket);
  });
  return promise;
}

function begin(
  address: EngineAddress,
  agent: AnyAgent,
  { method, path, more }: Exchange,
  reject: (error: unknown) => void,
): ClientRequest | null {
  const { socketPath, host, port, tls } = address;
  const { body, tar, signal, timeoutMs = SILENCE_MS } = more;
  if (signal?.aborted) {
    reject(canceled());
    return null;
  }
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    ...more.headers,
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
    ...(tar === undefined ? {} : { 'content-type': 'application/x-tar' }),
  };
  const where = socketPath === null ? { host, port } : { socketPath };
  const request = (tls === null ? plainRequest : tlsRequest)({
    ...{ ...where, method, path, headers, agent, timeout: timeoutMs },
    ...(signal === undefined ? {} : { signal }),
  });
  request.once('timeout', () => request.destroy(new Error(`nothing came for ${Math.round(timeoutMs / 1000)} s`)));
  request.once('error', (error) => reject(signal?.aborted ? canceled() : unreachable(address, error)));
  if (tar === undefined) {
    request.end(bytes);
  } else {
    tar.once('error', (error) => request.destroy(error));
    tar.pipe(request);
  }
  return request;
}

export function unreachable({ name }: EngineAddress, error: unknown): Failure {
  return new Failure('engine_unreachable', `the Docker Engine at ${name} does not answer: ${describeError(error)}`, {
    cause: error,
  });
}

export function canceled(): Failure {
  return new Failure('canceled', 'the Docker Engine was not waited for: canceled');
}

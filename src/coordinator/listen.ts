import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Clock, describeError, errorCode, Failure } from '../base/index.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

/** How long answers that are under way may take to end. */
const STOP_MS = 10_000;

/** As one writes it, `http://127.0.0.1:8929`; of all addresses of a machine the one that it calls itself by. */
export function addressOf({ host, port }: ListenAddress): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Finds out, before anything else is opened, whether the address can be listened on, and which port it is. Between this and `listen` somebody else
 * may take it; then `listen` says so.
 * @throws Failure `address_in_use`, `address_unusable`
 */
export async function probeAddress(address: ListenAddress): Promise<ListenAddress> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('listening', resolve).once('error', (error) => reject(unusable(error, address)));
  server.listen(address.port, address.host);
  await promise;
  const found = server.address();
  const closed = new Promise((done) => server.close(done));
  await closed;
  return { host: address.host, port: typeof found === 'object' && found !== null ? found.port : address.port };
}

/** @throws as `probeAddress` */
export async function listen(app: FastifyInstance, address: ListenAddress): Promise<void> {
  try {
    await app.listen({ host: address.host, port: address.port });
  } catch (error) {
    throw unusable(error, address);
  }
}

/** Takes no more, lets the answers that are under way end, and after a while ends them. */
export async function endConnections(app: FastifyInstance, clock: Clock): Promise<void> {
  const closed = new AbortController();
  const closing = app.close().finally(() => closed.abort());
  await clock.sleep(STOP_MS, closed.signal);
  if (!closed.signal.aborted) app.server.closeAllConnections();
  await closing;
}

function unusable(error: unknown, { host, port }: ListenAddress): unknown {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new Failure('address_in_use', `another program listens on ${host}:${port} already`, { cause: error });
  }
  if (code === undefined) return error;
  return new Failure('address_unusable', `cannot listen on ${host}:${port}: ${describeError(error)}`, { cause: error });
}

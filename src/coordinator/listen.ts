import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { describeError, errorCode, Failure } from '../base/index.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

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

/** What files are left for: the database, blobs and logs, and git with its pipes. */
const KEPT_FILES = 2_000;

/** How many connections there may be where this process may open so many files (`limits` as Linux has them in `/proc`), each being one. Null: it does not say. */
export function connectionsWithin(limits: string | null, most: number): number {
  const files = Number(/^Max open files +(\d+)/m.exec(limits ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.min(most, Math.max(Math.floor(files / 2), files - KEPT_FILES));
}

export function readLimits(): string | null {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return null;
  }
}

function unusable(error: unknown, { host, port }: ListenAddress): unknown {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new Failure('address_in_use', `another program listens on ${host}:${port} already`, { cause: error });
  }
  if (code === undefined) return error;
  return new Failure('address_unusable', `cannot listen on ${host}:${port}: ${describeError(error)}`, { cause: error });
}

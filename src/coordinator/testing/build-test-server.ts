import Fastify, { type FastifyInstance } from 'fastify';
import { realClock } from '../../base/index.ts';
import { buildServer, type ServerOptions } from '../http/index.ts';
import type { Parts } from '../parts.ts';

/** What differs between tests: always what is served and to whom. */
export type TestServerOptions = Pick<ServerOptions, 'routes' | 'gate'> & Partial<ServerOptions>;

/** The HTTP side over a test's parts: silent, behind no proxy, and not listening. */
export async function buildTestServer(
  { base, version }: Pick<Parts, 'base' | 'version'>,
  options: TestServerOptions,
): Promise<FastifyInstance> {
  return await buildServer({
    base,
    version,
    // Who waits for a connection waits in earnest.
    clock: realClock,
    log: Fastify({ logger: { level: 'silent' } }).log,
    trustProxy: false,
    stopping: new AbortController().signal,
    ...options,
  });
}

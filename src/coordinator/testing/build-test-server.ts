import Fastify, { type FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { realClock } from '../../base/index.ts';
import { buildServer, type Route, type ServerOptions } from '../http/index.ts';
import type { Parts } from '../parts.ts';

/** What differs between tests: always what is served and to whom. */
export type TestServerOptions = Pick<ServerOptions, 'routes' | 'gate'> & Partial<ServerOptions>;

/** The HTTP side over a test's parts: silent, behind no proxy, and not listening. Each answer is held against what its route says that it answers. */
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
    routes: options.routes.map(checked),
  });
}

/** An answer that its schema does not allow becomes an error of the server, which names it. */
function checked(route: Route): Route {
  return {
    ...route,
    handle: async (call) => {
      const answer = await route.handle(call);
      if (typeof answer === 'symbol' || 'later' in answer) return answer;
      const schema: TSchema | null = route.answers[answer.status] ?? null;
      if (schema === null) return answer;
      const errors = Errors(schema, JSON.parse(JSON.stringify(answer.body)));
      if (errors.length > 0) throw new Error(`${route.method} ${route.path}: ${JSON.stringify(errors.slice(0, 5))}`);
      return answer;
    },
  };
}

import type { ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { realClock } from '../../base/index.ts';
import { buildServer, type Route, type ServerOptions } from '../http/index.ts';
import type { Parts } from '../parts.ts';

/** What differs between tests: always what is served and to whom. */
export type TestServerOptions = Pick<ServerOptions, 'routes' | 'gate'> & Partial<ServerOptions>;

/** The HTTP side over a test's parts: silent, behind no proxy, and not listening. Each answer, and each event of a stream, is held against what its route says. */
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

/** An answer that its schema does not allow becomes an error of the server, which names it; an event breaks its stream off. */
function checked(route: Route): Route {
  return {
    ...route,
    handle: async (call) => {
      if (route.events !== undefined) checkEvents(route, call.raw.response);
      const answer = await route.handle(call);
      if ('taken' in answer || 'later' in answer) return answer;
      const schema: TSchema | null = route.answers[answer.status] ?? null;
      if (schema === null) return answer;
      check(route, schema, JSON.parse(JSON.stringify(answer.body)));
      return answer;
    },
  };
}

function checkEvents(route: Route, response: ServerResponse): void {
  const write = response.write.bind(response) as (chunk: unknown) => boolean;
  // A stream writes each of its events in one piece, and gives nothing else.
  response.write = (chunk: unknown): boolean => {
    const [, event, data] = /^(?:id: .*\n)?event: (.*)\ndata: (.*)\n\n$/.exec(String(chunk)) ?? [];
    if (event !== undefined && data !== undefined) {
      const schema = route.events?.[event];
      if (schema === undefined) throw new Error(`${route.path} does not say that it tells ${event}`);
      check(route, schema, JSON.parse(data));
    }
    return write(chunk);
  };
}

function check({ method, path }: Route, schema: TSchema, value: unknown): void {
  const errors = Errors(schema, value);
  if (errors.length > 0) throw new Error(`${method} ${path}: ${JSON.stringify(errors.slice(0, 5))}`);
}

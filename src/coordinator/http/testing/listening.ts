import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { expect, vi } from 'vitest';
import { TestClock } from '../../testing/test-clock.ts';
import { type Answer, HTTP_LIMITS, type Route, route, type Taken } from '../index.ts';
import { closeServers, serveWith } from './serve-routes.ts';

const sockets: Socket[] = [];

/** Of all tests so far: what was opened. */
export async function closeListening(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeServers();
}

/** What one hears of a client's request is this. */
export function answering(
  handle: (call: Parameters<Route['handle']>[0]) => Promise<Answer | Taken> | Answer | Taken,
): Route {
  const common = { method: 'GET', path: '/it', action: 'version.read', summary: 'It', tag: 'test' } as const;
  return route({ ...common, answers: { 200: null, 204: null }, handle: async (call) => await handle(call) });
}

/** A server of these routes that listens, on a clock of its own, with so many connections at most. */
export async function listening(...given: (Route | { readonly most: number })[]) {
  const clock = new TestClock(0);
  const lines: string[] = [];
  const log = Fastify({
    logger: { level: 'info', base: null, stream: { write: (line: string) => lines.push(line) } },
  }).log;
  const routes = given.filter((each) => 'path' in each);
  const mostConnections = given.find((each) => 'most' in each)?.most ?? HTTP_LIMITS.mostConnections;
  const app: FastifyInstance = await serveWith({ clock, log, limits: { ...HTTP_LIMITS, mostConnections } }, ...routes);
  let entered = 0;
  app.server.on('request', () => {
    entered += 1;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  return {
    app,
    clock,
    /** Of the log; not those of the framework about itself. */
    get lines() {
      return lines.filter((line) => line.includes('request_id'));
    },
    warnings: () => lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40),
    /** Until so many requests have come. */
    entered: (count: number) => vi.waitFor(() => expect(entered).toBe(count), { timeout: 20_000 }),
    /** A connection that nobody reads from, after these words. */
    async ask(words: string): Promise<Socket> {
      const accepted = once(app.server, 'connection');
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      await accepted;
      socket.write(words);
      return socket;
    },
  };
}

export async function ended(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

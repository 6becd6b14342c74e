import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { TestClock } from '../testing/test-clock.ts';
import { type Answer, noContent, type Route, route, TAKEN, type Taken } from './index.ts';
import { closeServers, serveWith } from './testing/serve-routes.ts';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeServers();
});

const whole: Route = answering(() => noContent());

it('closes at once with clients that have connected and ask nothing, or nothing more', async () => {
  const { app, ask } = await listening(whole);
  const silent = await ask('');
  const asked = await ask('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(asked, 'data');
  await app.close();
  await Promise.all([ended(silent), ended(asked)]);
});

it('closes half a second after it was told to, whatever its readers do not read', async () => {
  const open = Promise.withResolvers<void>();
  const { app, clock, ask } = await listening(
    answering(({ raw }) => {
      raw.response.writeHead(200).write(Buffer.alloc(30_000_000));
      raw.response.end();
      return TAKEN;
    }),
    {
      ...answering(() => ({ status: 200, headers: { 'content-type': 'application/zip' }, body: endless(open) })),
      path: '/other',
    },
  );
  for (const path of ['/it', '/other']) {
    const socket = await ask(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await once(socket, 'readable');
  }
  await open.promise;
  const closed = app.close();
  await untilAsleepFor(clock, 500);
  clock.pass(500);
  await closed;
});

it('lets whoever is at work answer, and gives up on them after ten seconds', async () => {
  const [entered, work] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = answering(async () => {
    entered.resolve();
    await work.promise;
    return { status: 200, body: 'done' };
  });
  const never = { ...answering(async () => await new Promise<never>(() => {})), path: '/never' };
  const { app, clock, ask } = await listening(slow, never);
  const heard = await ask('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');
  const unheard = await ask('GET /never HTTP/1.1\r\nhost: x\r\n\r\n');
  await entered.promise;
  const closed = app.close();
  await untilAsleepFor(clock, 500);
  clock.pass(500);
  await untilAsleepFor(clock, 9_500);
  work.resolve();
  const words = await text(heard);
  expect(words).toContain('done');
  clock.pass(9_500);
  await closed;
  await ended(unheard);
});

it('counts and logs a request whose client left before there was an answer, once', async () => {
  const entered = Promise.withResolvers<Parameters<Route['handle']>[0]>();
  const server = await listening(
    answering(async (call) => {
      entered.resolve(call);
      await once(call.signal, 'abort');
      return noContent();
    }),
  );
  const { app, ask } = server;
  const socket = await ask('GET /it?token=x HTTP/1.1\r\nhost: x\r\nx-request-id: a-1\r\n\r\n');
  const { requests } = await entered.promise;
  socket.destroy();
  await vi.waitFor(() => expect(requests()).not.toEqual([]), { timeout: 20_000 });
  await app.close();
  expect(requests()).toMatchObject([{ method: 'GET', route: '/it', statuses: new Map([[499, 1]]) }]);
  const line = { request_id: 'a-1', method: 'GET', url: '/it?token=%5Bhidden%5D', status: 499, msg: 'request' };
  expect(server.lines.map((text) => JSON.parse(text))).toEqual([expect.objectContaining(line)]);
});

it('logs each request once, and its id once', async () => {
  const server = await listening(
    whole,
    { ...answering(() => Promise.reject(new Error('no'))), path: '/fails' },
    {
      ...answering(({ raw }) => {
        raw.response.writeHead(200).end('taken');
        return TAKEN;
      }),
      path: '/taken',
    },
  );
  const { app, ask } = server;
  for (const path of ['/it', '/fails', '/taken', '/nowhere']) {
    const socket = await ask(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-request-id: id-of${path.slice(1)}\r\n\r\n`);
    await once(socket, 'data');
    await ended(socket.end());
  }
  await app.close();
  const said = server.lines.map((text) => [JSON.parse(text).msg, JSON.parse(text).status, text.match(/id-of\w+/g)]);
  expect(said).toEqual([
    ['request', 204, ['id-ofit']],
    ['request failed', undefined, ['id-offails']],
    ['request', 500, ['id-offails']],
    ['request', 200, ['id-oftaken']],
    ['request', 404, ['id-ofnowhere']],
  ]);
});

/** What one hears of a client's request is this. */
function answering(handle: (call: Parameters<Route['handle']>[0]) => Promise<Answer | Taken> | Answer | Taken): Route {
  const common = { method: 'GET', path: '/it', action: 'version.read', summary: 'It', tag: 'test' } as const;
  return route({ ...common, answers: { 200: null, 204: null }, handle: async (call) => await handle(call) });
}

/** Gives bytes for as long as somebody takes them; `full` once nobody does. */
function endless(full: PromiseWithResolvers<void>): Readable {
  const stream = new Readable({
    read() {
      this.push(Buffer.alloc(1_000_000));
      full.resolve();
    },
  });
  return stream;
}

async function listening(...routes: Route[]) {
  const clock = new TestClock(0);
  const lines: string[] = [];
  const log = Fastify({
    logger: { level: 'info', base: null, stream: { write: (line: string) => lines.push(line) } },
  }).log;
  const app: FastifyInstance = await serveWith({ clock, log }, ...routes);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  return {
    app,
    clock,
    /** Of the log; not those of the framework about itself. */
    get lines() {
      return lines.filter((line) => line.includes('request_id'));
    },
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

async function untilAsleepFor(clock: TestClock, ms: number): Promise<void> {
  await vi.waitFor(() => expect(clock.asleep()).toContain(ms), { timeout: 20_000 });
}

async function ended(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

async function text(socket: Socket): Promise<string> {
  let seen = '';
  for await (const chunk of socket) seen += chunk;
  return seen;
}

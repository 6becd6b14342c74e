import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { afterEach, expect, it, vi } from 'vitest';
import type { TestClock } from '../testing/test-clock.ts';
import { type Answer, noContent, type Route, TAKEN } from './index.ts';
import { answering, closeListening, ended, listening } from './testing/listening.ts';

afterEach(closeListening);

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

it('takes a client that leaves in the middle of a body for no error', async () => {
  const body = Type.Object({});
  const server = await listening({ ...whole, method: 'POST', body });
  const socket = await server.ask('POST /it HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n');
  socket.write('content-length: 99\r\n\r\n{');
  await server.entered(1);
  socket.destroy();
  await vi.waitFor(() => expect(server.lines).not.toEqual([]), { timeout: 20_000 });
  await server.app.close();
  expect(server.lines.map((line) => JSON.parse(line).msg)).toEqual(['request']);
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
  for (const path of ['/it', '/fails', '/taken', '/nowhere', '/bad%']) {
    const socket = await ask(
      `GET ${path} HTTP/1.1\r\nhost: x\r\nx-request-id: id-of${path.replace(/\W/g, '')}\r\n\r\n`,
    );
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
    ['request', 400, ['id-ofbad']],
  ]);
});

it('takes the requests of one connection one after the other, and cuts one that sends too many ahead', async () => {
  const calls: PromiseWithResolvers<void>[] = [];
  const slow = answering(async () => {
    const call = Promise.withResolvers<void>();
    calls.push(call);
    await call.promise;
    return noContent();
  });
  const { app, ask } = await listening(slow);
  const one = 'GET /it HTTP/1.1\r\nhost: x\r\n\r\n';
  const patient = await ask(one.repeat(3));
  for (let at = 0; at < 3; at += 1) {
    await vi.waitFor(() => expect(calls.length).toBe(at + 1), { timeout: 20_000 });
    calls[at]?.resolve();
    await once(patient, 'data');
  }
  const hasty = await ask(one.repeat(1_000));
  await ended(hasty);
  for (const call of calls) call.resolve();
  const next = await ask(one);
  await vi.waitFor(() => expect(calls.length).toBe(5), { timeout: 20_000 });
  calls.at(-1)?.resolve();
  await once(next, 'data');
  await app.close();
});

it('takes the place of whoever asks nothing for who comes, and refuses them only where all are in use', async () => {
  const slow = Promise.withResolvers<Answer>();
  const server = await listening({ most: 2 }, whole, { ...answering(() => slow.promise), path: '/slow' });
  const { app, ask } = server;
  const silent = await ask('');
  const asked = await ask('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(asked, 'data');
  const first = await ask('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
  await ended(silent);
  const second = await ask('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
  await ended(asked);
  await server.entered(3);
  const refused = await text(await ask(''));
  expect(refused).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 5\r\n/s);
  const [, length, body = ''] = /content-length: (\d+)\r\n\r\n(.*)$/s.exec(refused) ?? [];
  expect([Number(length), JSON.parse(body).message]).toEqual([
    body.length,
    '503 Service Unavailable - the server has too many connections',
  ]);
  slow.resolve(noContent());
  for (const one of [first, second]) await once(one, 'data');
  const next = await ask('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(next, 'data');
  expect(server.warnings()).toEqual([expect.objectContaining({ most: 2, msg: 'there are too many connections' })]);
  await app.close();
});

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

async function untilAsleepFor(clock: TestClock, ms: number): Promise<void> {
  await vi.waitFor(() => expect(clock.asleep()).toContain(ms), { timeout: 20_000 });
}

async function text(socket: Socket): Promise<string> {
  let seen = '';
  for await (const chunk of socket) seen += chunk;
  return seen;
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { afterEach, expect, it } from 'vitest';
import { HttpError, type Later, noContent, ok, PAGING, paged, pageOf, type Route, route } from './index.ts';
import { as, closeServers, echo, serve, serveWith, url } from './testing/serve-routes.ts';

afterEach(closeServers);

it('pages with the headers that clients go on by, and without their credentials in them', async () => {
  const list = route({
    method: 'GET',
    path: '/list',
    action: 'version.read',
    summary: 'List',
    tag: 'test',
    query: Type.Object(PAGING),
    answers: { 200: null },
    handle: ({ query, base, url: own }) => paged({ items: [1], total: 45 }, pageOf(query), base, own),
  });
  const { headers } = await (await serve(list)).inject('/list?page=2&per_page=20&job_token=job');
  expect(headers).toMatchObject({
    'x-page': '2',
    'x-prev-page': '1',
    'x-next-page': '3',
    'x-total': '45',
    'x-total-pages': '3',
  });
  const at = (page: number, rel: string): string => `<http://ci.example/list?page=${page}&per_page=20>; rel="${rel}"`;
  expect(headers.link).toBe([at(1, 'prev'), at(3, 'next'), at(1, 'first'), at(3, 'last')].join(', '));
});

it('leaves the bytes of a stream to the handler, whatever they call themselves', async () => {
  const upload = route({
    method: 'POST',
    path: '/upload',
    action: 'version.read',
    summary: 'Upload',
    tag: 'test',
    body: 'stream',
    answers: { 200: null },
    handle: async ({ raw }) => {
      let size = 0;
      for await (const chunk of raw.request) size += chunk.length;
      return ok({ size });
    },
  });
  const app = await serve(upload);
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
    const payload = Readable.from([Buffer.alloc(2 << 20), Buffer.alloc(5)]);
    const answer = await app.inject({ method: 'POST', url: '/upload', headers: { 'content-type': type }, payload });
    expect(answer.json()).toEqual({ size: (2 << 20) + 5 });
  }
});

it('closes while a client that has the whole answer keeps its connection', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const file = route({
    method: 'GET',
    path: '/file',
    action: 'version.read',
    summary: 'File',
    tag: 'test',
    answers: { 200: null },
    handle: () => ({
      status: 200,
      headers: { 'content-length': 5 },
      body: Readable.from(
        (async function* () {
          yield 'hello';
          await ended;
        })(),
      ),
    }),
  });
  const app = await serve(file);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  expect(await (await fetch(`${address}/file`)).text()).toBe('hello');
  const closed = app.close();
  end();
  await closed;
});

it.each(['before it has gone', 'after'])('tells a handler that asks %s that its asker has gone', async (when) => {
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const wait = route({
    method: 'GET',
    path: '/wait',
    action: 'version.read',
    summary: 'Wait',
    tag: 'test',
    answers: {},
    handle: async (call) => {
      const gone = once(call.raw.response, 'close');
      const early = when === 'after' ? null : call.signal;
      enter();
      await gone;
      expect((early ?? call.signal).aborted).toBe(true);
      tell();
      return noContent();
    },
  });
  const app = await serve(wait);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /wait HTTP/1.1\r\nhost: x\r\n\r\n'));
  await entered;
  socket.destroy();
  await told;
});

it('answers later with what comes, or with what went wrong, and tells who waits that it stops', async () => {
  const stopping = new AbortController();
  const waits = (path: string, later: Later['later']): Route =>
    route({
      method: 'GET',
      path,
      action: 'version.read',
      summary: 'Wait',
      tag: 'test',
      answers: {},
      handle: async () => ({ later }),
    });
  const app = await serveWith(
    { stopping: stopping.signal },
    waits('/good', (answer) => {
      setImmediate(() => answer(Promise.resolve(ok('late'))));
      return () => {};
    }),
    waits('/bad', (answer) => {
      answer(Promise.reject(new HttpError(409, { message: 'too late' })));
      return () => {};
    }),
    waits('/long', (answer) => {
      setImmediate(() => stopping.abort());
      return () => answer(Promise.resolve(ok('stopped')));
    }),
  );
  const answers = [];
  for (const path of ['/good', '/bad', '/long', '/long']) answers.push(await app.inject(path));
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
    [200, 'late'],
    [409, '{"message":"too late"}'],
    [200, 'stopped'],
    [200, 'stopped'],
  ]);
});

it('has every route in its OpenAPI document', async () => {
  const app = await serve(echo);
  await app.ready();
  expect(Object.keys(app.swagger().paths ?? {})).toEqual(['/api/v4/projects/{id}/pipeline']);
});

it.each([
  ['more parameters than it takes', `?${'a=1&'.repeat(2_001)}`, 'more than 2000 parameters'],
  ['one that is nested too deep', '?a[b][c][d][e][f][g][h][i]=1', 'parameter nested more than 8 deep'],
])('refuses an address with %s, and lives', async (_what, query, error) => {
  const app = await serve(echo);
  const answer = await app.inject({ method: 'POST', url: url + query, headers: as, payload: { ref: 'main' } });
  expect([answer.statusCode, answer.json()]).toEqual([400, { error }]);
  expect((await app.inject(`/nowhere${query}`)).statusCode).toBe(404);
});

it.each([
  ['/api/v4/projects/%/pipeline', 400, 'path is invalid'],
  ['/api/v4/projects/%ff/pipeline', 400, 'path is invalid'],
  [`/api/v4/projects/${'a'.repeat(2_001)}/pipeline`, 414, 'a part of the path is longer than 2000'],
])('says of an address what is wrong with it, as of all else: %s', async (path, status, error) => {
  const answer = await (await serve(echo)).inject({ method: 'POST', url: path, headers: { 'x-request-id': 'a-1' } });
  expect([answer.statusCode, answer.json(), answer.headers['x-request-id']]).toEqual([status, { error }, 'a-1']);
});

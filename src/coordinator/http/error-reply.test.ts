import { afterEach, expect, it } from 'vitest';
import { Failure } from '../../base/index.ts';
import { HttpError, type Route, route } from './index.ts';
import { closeServers, serve } from './testing/serve-routes.ts';

afterEach(closeServers);

function failing(error: unknown): Route {
  return route({
    method: 'GET',
    path: '/fails',
    action: 'version.read',
    summary: 'Fails',
    tag: 'test',
    answers: {},
    handle: async () => {
      throw error;
    },
  });
}

it.each([
  ['refusals as they are', new HttpError(409, { message: '409 Conflict' }), 409, { message: '409 Conflict' }],
  [
    'a full disk',
    new Failure('store_full', 'no space left for the database'),
    507,
    { message: '507 no space left for the database' },
  ],
  ['a database that is away', new Failure('store_unavailable', 'no connection'), 503, { message: '503 no connection' }],
])('tells %s', async (_what, error, status, body) => {
  const answer = await (await serve(failing(error))).inject('/fails');
  expect([answer.statusCode, answer.json()]).toEqual([status, body]);
});

it('says nothing of a bug but the id under which the log has it', async () => {
  const answer = await (await serve(failing(new Error('secret')))).inject({
    url: '/fails',
    headers: { 'x-request-id': 'abc' },
  });
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    { message: '500 Internal Server Error', request_id: 'abc' },
  ]);
});

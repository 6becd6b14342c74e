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
    'a blob that is too large',
    new Failure('blob_too_large', 'more than 5 bytes'),
    413,
    { message: '413 more than 5 bytes' },
  ],
  [
    'bytes that are gone, and not which',
    new Failure('blob_not_found', 'open archives/12/7: there is none'),
    404,
    { message: '404 what was kept of it is gone' },
  ],
  [
    'a full disk, and not whose',
    new Failure('store_full', 'no space left for /srv/epilogue.db'),
    507,
    { message: '507 Insufficient Storage - no room is left on the disk of the database' },
  ],
  [
    'a database that is away, and not where it is',
    new Failure('store_unreachable', 'no connection to db.internal'),
    503,
    { message: '503 Service Unavailable - the database cannot be reached' },
  ],
])('tells %s', async (_what, error, status, body) => {
  const answer = await (await serve(failing(error))).inject('/fails');
  expect([answer.statusCode, answer.json()]).toEqual([status, body]);
});

it.each([
  ['an error', new Error('secret')],
  ['a failure that its caller should have dealt with', new Failure('bad_key', 'secret')],
])('says nothing of a bug, %s, but the id under which the log has it', async (_what, error) => {
  const answer = await (await serve(failing(error))).inject({
    url: '/fails',
    headers: { 'x-request-id': 'abc' },
  });
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    { message: '500 Internal Server Error', request_id: 'abc' },
  ]);
});

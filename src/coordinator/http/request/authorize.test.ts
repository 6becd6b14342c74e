import { afterEach, expect, it } from 'vitest';
import { closeServers, echo, serve, url } from '../testing/serve-routes.ts';

afterEach(closeServers);

it.each([
  ['no credential', {}, 404],
  ['a wrong token', { 'private-token': 'x' }, 401],
  ['a token', { 'private-token': 'ana' }, 201],
  ['a bearer token', { authorization: 'Bearer ana' }, 201],
  ['a token that may only read', { 'private-token': 'reader' }, 403],
  ['a job token', { 'job-token': 'job' }, 403],
  ['a session without its CSRF token', { cookie: 'a=b; epilogue_session=browser' }, 403],
  ['a session', { cookie: 'epilogue_session=browser', 'x-csrf-token': 'csrf' }, 201],
  ['a session that is over', { cookie: 'epilogue_session=old' }, 404],
])('lets in, or not: %s', async (_who, headers, status) => {
  const app = await serve(echo);
  const answer = await app.inject({ method: 'POST', url, headers, payload: { ref: 'main' } });
  expect(answer.statusCode).toBe(status);
});

it('lets whoever shows too many wrong tokens wait, and nobody else at the same address', async () => {
  const app = await serve(echo);
  const send = async (token: string) => {
    const headers = { 'private-token': token };
    const answer = await app.inject({ method: 'POST', url, headers, payload: { ref: 'main' } });
    return [answer.statusCode, answer.headers['retry-after']];
  };
  for (const token of ['x', 'y', 'z']) expect(await send(token)).toEqual([401, undefined]);
  expect(await send('x')).toEqual([429, '60']);
  expect(await send('ana')).toEqual([201, undefined]);
  expect(await send('x')).toEqual([429, '60']);
});

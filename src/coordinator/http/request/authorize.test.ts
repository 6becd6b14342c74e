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

it('answers nobody who has tried too many wrong tokens', async () => {
  const app = await serve(echo);
  const send = () => app.inject({ method: 'POST', url, headers: { 'private-token': 'x' }, payload: { ref: 'main' } });
  const statuses = [(await send()).statusCode, (await send()).statusCode, (await send()).statusCode];
  const { statusCode, headers } = await send();
  expect([...statuses, statusCode, headers['retry-after']]).toEqual([401, 401, 401, 429, '60']);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../../testing/serve-all.ts';

const api = '/api/v4';
let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
});
afterEach(() => all.close());

const withToken = (token: string, method: string, path: string) =>
  all.ask(method, `${api}${path}`, {
    as: 'nobody',
    headers: { 'private-token': token },
    ...(method === 'POST' ? { body: {} } : {}),
  });

it('lets people make a token for themselves, and replaces one: the old one is nobody’s from then on', async () => {
  const body = { name: 'mine', scopes: ['api'] };
  const made = await all.ask('POST', `${api}/user/personal_access_tokens`, { as: 'guest', body });
  expect([made.status, made.json.user_id]).toEqual([201, all.userIds.get('guest')]);
  const first = await withToken(made.json.token, 'POST', '/personal_access_tokens/self/rotate');
  expect([first.status, first.json.name, first.json.scopes]).toEqual([200, 'mine', ['api']]);
  expect(first.json.expires_at).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect((await withToken(made.json.token, 'GET', '/user')).status).toBe(401);
  expect((await withToken(first.json.token, 'GET', '/user')).json.username).toBe('guest');
  const path = `${api}/personal_access_tokens/${first.json.id}/rotate`;
  expect((await all.ask('POST', path, { as: 'owner', body: {} })).status).toBe(404);
  const both = await Promise.all([1, 2].map(() => all.ask('POST', path, { as: 'guest', body: {} })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
});

it('replaces the token of a project, for those who may', async () => {
  const at = `${api}/projects/${all.project.id}/access_tokens`;
  const made = await all.ask('POST', at, { as: 'maintainer', body: { name: 'ci', scopes: ['api'], access_level: 20 } });
  const path = `${at}/${made.json.id}/rotate`;
  expect((await all.ask('POST', path, { as: 'developer', body: {} })).status).toBe(403);
  const rotated = await all.ask('POST', path, { as: 'maintainer', body: {} });
  expect([rotated.status, rotated.json.access_level]).toEqual([200, 20]);
  const project = `/projects/${all.project.id}`;
  expect((await withToken(made.json.token, 'GET', project)).status).toBe(401);
  expect((await withToken(rotated.json.token, 'GET', project)).status).toBe(200);
});

it('replaces no token that may do more than whoever asks', async () => {
  const at = `${api}/projects/${all.project.id}/access_tokens`;
  const body = { name: 'all', scopes: ['api'], access_level: 50 };
  const made = await all.ask('POST', at, { as: 'owner', body });
  const path = `${at}/${made.json.id}/rotate`;
  expect((await all.ask('POST', path, { as: 'maintainer', body: {} })).status).toBe(403);
  expect((await all.ask('POST', path, { as: 'owner', body: {} })).status).toBe(200);
});

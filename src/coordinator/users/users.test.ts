import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';
import { setPassword } from './index.ts';

let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
});

afterEach(() => all.close());

const api = '/api/v4';
const day = (days: number): string => new Date(all.parts.clock.now() + days * 86_400_000).toISOString().slice(0, 10);

it('tells people who they are, and addresses of others to administrators alone', async () => {
  const self = await all.ask('GET', `${api}/user`, { as: 'guest' });
  expect(self.json).toMatchObject({ username: 'guest', email: 'guest@ci.example', is_admin: false, state: 'active' });
  const other = `${api}/users/${all.userIds.get('owner')}`;
  expect((await all.ask('GET', other, { as: 'guest' })).json).not.toHaveProperty('email');
  expect((await all.ask('GET', other, { as: 'administrator' })).json).toMatchObject({ email: 'owner@ci.example' });
  const found = await all.ask('GET', `${api}/users?search=MAINT`, { as: 'guest' });
  expect(found.json.map((user: { username: string }) => user.username)).toEqual(['maintainer']);
});

it('makes a user who can sign in by password, change things with the CSRF token, and sign out', async () => {
  const user = { username: 'ana', name: 'Ana', email: 'ana@ci.example', password: 'correct horse' };
  const made = await all.ask('POST', `${api}/users`, { as: 'administrator', body: user });
  expect(made.status).toBe(201);
  expect((await all.ask('POST', `${api}/users`, { as: 'administrator', body: user })).status).toBe(409);
  const signIn = (password: string) =>
    all.ask('POST', '/users/sign_in', { as: 'nobody', body: { login: 'Ana', password } });
  expect((await signIn('wrong horse')).status).toBe(401);
  const { status, json, headers } = await signIn('correct horse');
  const set = String(headers['set-cookie']);
  expect([status, set]).toEqual([200, expect.stringMatching(/; HttpOnly; SameSite=Lax$/)]);
  const cookie = set.slice(0, set.indexOf(';'));
  const browser = (method: string, path: string, more: object = {}) =>
    all.ask(method, path, {
      as: 'nobody',
      headers: { cookie, ...more },
      ...(method === 'POST' ? { body: { path: 'a' } } : {}),
    });
  expect((await browser('GET', `${api}/user`)).json.username).toBe('ana');
  expect((await browser('POST', `${api}/projects`)).status).toBe(403);
  expect((await browser('POST', `${api}/projects`, { 'x-csrf-token': json.csrf_token })).status).toBe(201);
  expect((await browser('DELETE', '/users/sign_out')).status).toBe(204);
  expect((await browser('GET', `${api}/user`)).status).toBe(401);
});

it('listens to nobody who tries out passwords, also many at once, and says the same of users who are not there', async () => {
  const tries = await Promise.all(
    Array.from({ length: 14 }, () =>
      all.ask('POST', '/users/sign_in', { as: 'nobody', body: { login: 'nobody-there', password: 'x' } }),
    ),
  );
  const count = (status: number): number => tries.filter((each) => each.status === status).length;
  expect([count(401), count(429)]).toEqual([10, 4]);
  all.parts.clock.pass(10 * 60_000);
  const later = await all.ask('POST', '/users/sign_in', { as: 'nobody', body: { login: 'guest', password: 'x' } });
  expect(later.status).toBe(401);
});

it('checks a few passwords at a time, sends a flood of them away, and counts those it sent away for nothing', async () => {
  const signIn = async (remoteAddress: string, login: string, password: string): Promise<number> => {
    const payload = { login, password };
    const answer = await all.app.inject({ method: 'POST', url: '/users/sign_in', remoteAddress, payload });
    if (answer.statusCode === 503) expect(answer.headers['retry-after']).toBe('2');
    return answer.statusCode;
  };
  await setPassword(all.parts, { username: 'owner', password: 'correct horse battery' });
  const flood = Array.from({ length: 60 }, (_, at) => signIn(`10.0.0.${at + 1}`, `nobody${at}`, 'x'));
  const late = Array.from({ length: 12 }, () => signIn('10.1.0.1', 'owner', 'correct horse battery'));
  const statuses = await Promise.all(flood);
  const count = (status: number): number => statuses.filter((each) => each === status).length;
  expect([count(401), count(503)]).toEqual([22, 38]);
  expect(new Set(await Promise.all(late))).toEqual(new Set([503]));
  expect(await signIn('10.1.0.1', 'owner', 'correct horse battery')).toBe(200);
});

it('locks a blocked user out, and lets nobody block or demote themselves', async () => {
  const guest = `${api}/users/${all.userIds.get('guest')}`;
  const own = `${api}/users/${all.userIds.get('administrator')}`;
  expect((await all.ask('POST', `${guest}/block`, { as: 'administrator' })).json).toBe(true);
  expect((await all.ask('GET', `${api}/user`, { as: 'guest' })).status).toBe(401);
  await all.ask('POST', `${guest}/unblock`, { as: 'administrator' });
  expect((await all.ask('GET', `${api}/user`, { as: 'guest' })).status).toBe(200);
  expect((await all.ask('POST', `${own}/block`, { as: 'administrator' })).status).toBe(403);
  expect((await all.ask('PUT', own, { as: 'administrator', body: { admin: false } })).status).toBe(403);
});

it('gives a personal token once, which knows and revokes itself', async () => {
  const at = `${api}/users/${all.userIds.get('developer')}/personal_access_tokens`;
  const body = { name: 'ci', scopes: ['read_api'], expires_at: day(2) };
  const made = await all.ask('POST', at, { as: 'administrator', body });
  expect(made.json).toMatchObject({
    name: 'ci',
    active: true,
    expires_at: day(2),
    token: expect.stringMatching(/^glpat-/),
  });
  const { token, ...shown } = made.json;
  const headers = { 'private-token': token };
  const self = await all.ask('GET', `${api}/personal_access_tokens/self`, { as: 'nobody', headers });
  expect(self.json).toEqual({ ...shown, last_used_at: expect.any(String) });
  const other = await all.ask('GET', `${api}/personal_access_tokens/${shown.id}`, { as: 'guest' });
  const own = await all.ask('DELETE', `${api}/personal_access_tokens/${shown.id}`, { as: 'developer' });
  expect([other.status, own.status]).toEqual([404, 204]);
  expect((await all.ask('GET', `${api}/user`, { as: 'nobody', headers })).status).toBe(401);
  const late = await all.ask('POST', at, { as: 'administrator', body: { ...body, expires_at: day(-1) } });
  expect([late.status, Object.keys(late.json.message)]).toEqual([400, ['expires_at']]);
});

it("gives a project's token that opens this project alone, and no more than its maker has", async () => {
  const at = `${api}/projects/${all.project.id}/access_tokens`;
  const body = { name: 'deploy', scopes: ['api'], access_level: 50 };
  expect((await all.ask('POST', at, { as: 'maintainer', body })).status).toBe(400);
  const made = await all.ask('POST', at, { as: 'maintainer', body: { ...body, access_level: 20 } });
  const headers = { 'private-token': made.json.token };
  const asToken = (path: string) => all.ask('GET', `${api}${path}`, { as: 'nobody', headers });
  const reached = [
    await asToken(`/projects/${all.project.id}`),
    await asToken(`/projects/${all.project.id}/variables`),
    await asToken('/user'),
  ];
  expect(reached.map(({ status }) => status)).toEqual([200, 403, 403]);
  expect((await all.ask('GET', at)).text).not.toContain(made.json.token);
  expect((await all.ask('DELETE', `${at}/${made.json.id}`)).status).toBe(204);
  expect((await asToken(`/projects/${all.project.id}`)).status).toBe(401);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../../testing/serve-all.ts';
import { setPassword } from '../index.ts';

const HOUR_MS = 3_600_000;
const api = '/api/v4';
const password = 'correct horse battery';
let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
  await setPassword(all.parts, { username: 'developer', password });
});
afterEach(() => all.close());

interface Browser {
  readonly csrf: string;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): ReturnType<ServedAll['ask']>;
}

async function signIn(headers: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const body = { login: 'developer', password };
  const answer = await all.ask('POST', '/users/sign_in', { as: 'nobody', body, headers });
  expect(answer.status).toBe(200);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const csrf = answer.json.csrf_token;
  return {
    csrf,
    ask: (method, path, sent, more = {}) =>
      all.ask(method, path, { as: 'nobody', body: sent, headers: { cookie, 'x-csrf-token': csrf, ...more } }),
  };
}

it('tells a browser with every answer who it is taken for, also when it is refused', async () => {
  const browser = await signIn();
  const user = async (path: string) => (await browser.ask('GET', path)).headers['epilogue-user'];
  expect(await user(`${api}/user`)).toBe('developer');
  expect(await user(`${api}/projects/no%2Fsuch`)).toBe('developer');
  expect((await all.ask('GET', `${api}/user`, { as: 'developer' })).headers['epilogue-user']).toBeUndefined();
  await browser.ask('DELETE', '/users/sign_out');
  const hidden = await browser.ask('GET', `${api}/projects/${all.project.id}`);
  expect([hidden.status, hidden.headers['epilogue-user']]).toEqual([404, '']);
});

it('has a code for a CSRF token that is an old one', async () => {
  const browser = await signIn();
  const answer = await browser.ask('POST', `${api}/projects`, { path: 'a' }, { 'x-csrf-token': 'old' });
  expect([answer.status, answer.json.code, answer.headers['epilogue-user']]).toEqual([403, 'csrf', 'developer']);
});

it('is not signed in from the page of another site', async () => {
  const body = { login: 'developer', password };
  const headers = { 'sec-fetch-site': 'cross-site' };
  expect((await all.ask('POST', '/users/sign_in', { as: 'nobody', body, headers })).status).toBe(403);
  await signIn({ 'sec-fetch-site': 'same-origin' });
});

it('lets the cookie of whoever comes back last as long as the session', async () => {
  const browser = await signIn();
  const set = async () => (await browser.ask('GET', `${api}/user`)).headers['set-cookie'];
  expect(await set()).toBeUndefined();
  all.parts.clock.pass(HOUR_MS);
  expect(await set()).toContain('Max-Age=1209600; HttpOnly; SameSite=Lax');
  expect(await set()).toBeUndefined();
});

it('takes a password of one’s own with the old one, and signs out every other browser', async () => {
  const [one, other] = [await signIn(), await signIn()];
  const put = (body: unknown) => one.ask('PUT', `${api}/user/password`, body);
  const fresh = 'another horse';
  expect((await put({ password: fresh })).status).toBe(403);
  expect((await put({ password: fresh, current_password: 'wrong' })).status).toBe(403);
  const short = await put({ password: 'short', current_password: password });
  expect([short.status, short.json.message]).toEqual([400, expect.stringContaining('8 to 128 characters')]);
  expect((await put({ password: fresh, current_password: password })).status).toBe(204);
  expect((await one.ask('GET', `${api}/user`)).status).toBe(200);
  expect((await other.ask('GET', `${api}/user`)).status).toBe(401);
  expect((await put({ password, current_password: password })).status).toBe(403);
  const events = await all.ask('GET', `${api}/audit_events`, { as: 'administrator' });
  expect(events.text).toContain('user.password');
});

it('takes a first password from a browser alone, and listens to nobody who tries out old ones', async () => {
  const put = (body: unknown) => all.ask('PUT', `${api}/user/password`, { as: 'guest', body });
  expect((await put({ password: 'long enough' })).status).toBe(403);
  const browser = await signIn();
  const wrong = { password: 'long enough', current_password: 'x' };
  const statuses: number[] = [];
  for (let at = 0; at < 11; at += 1) statuses.push((await browser.ask('PUT', `${api}/user/password`, wrong)).status);
  expect([statuses[0], statuses[10]]).toEqual([403, 429]);
});

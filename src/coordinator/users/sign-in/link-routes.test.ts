import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertSignInLink, isGoodSignInLink } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import { type ServedAll, serveAll } from '../../testing/serve-all.ts';
import { signInsSweep } from './sweep-sign-ins.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const path = '/users/sign_in/link';
let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
  const userId = all.userIds.get('administrator') ?? 0;
  await all.parts.store.write((tx) =>
    insertSignInLink(tx, { tokenHash: hashToken('t0ken'), userId, expiresAt: tx.now() + DAY_MS }),
  );
});
afterEach(() => all.close());

const open = (token: string) => all.ask('GET', `${path}?token=${token}`, { as: 'nobody' });
const send = (token: string, headers: Readonly<Record<string, string>> = {}) =>
  all.ask('POST', path, { as: 'nobody', body: { token }, headers });

it('is not spent by whoever looks at it, and signs in once whoever sends its form', async () => {
  const shown = await open('t0ken');
  expect(shown.text).toContain('<form method="post" action="/users/sign_in/link">');
  expect(shown.headers).toMatchObject({ 'content-security-policy': expect.stringContaining("default-src 'none'") });
  const [, look = ''] = /<style>(.*)<\/style>/.exec(shown.text) ?? [];
  const hash = createHash('sha256').update(look).digest('base64');
  expect(shown.headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  expect(shown.headers['set-cookie']).toBeUndefined();
  expect((await open('t0ken')).status).toBe(200);
  const { status, headers } = await send('t0ken', { 'sec-fetch-site': 'same-origin' });
  expect([status, headers.location]).toEqual([303, '/']);
  const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  expect((await all.ask('GET', '/api/v4/user', { as: 'nobody', headers: { cookie } })).json.is_admin).toBe(true);
  expect([(await send('t0ken')).status, (await open('t0ken')).status, (await open('"><b>')).status]).toEqual([
    410, 410, 410,
  ]);
});

it('is not taken from the page of another site, and not spent by that', async () => {
  expect((await send('t0ken', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await send('t0ken')).status).toBe(303);
});

it('is removed a week after its day, and sessions when they are over', async () => {
  const { store, clock } = all.parts;
  await send('t0ken');
  const left = () =>
    store.read(async (db) => [
      (await db.query.selectFrom('sign_in_links').selectAll().execute()).length,
      (await db.query.selectFrom('sessions').selectAll().execute()).length,
    ]);
  const sweep = () => signInsSweep.run(all.parts, new AbortController().signal);
  await sweep();
  expect(await left()).toEqual([1, 1]);
  clock.pass(100 * DAY_MS);
  await sweep();
  expect(await left()).toEqual([0, 0]);
  expect(await store.read((db) => isGoodSignInLink(db, hashToken('t0ken')))).toBe(false);
});

it('opens the view that it names, and nothing that is none', async () => {
  const path = '/users/sign_in/link?token=t0ken';
  const shown = async (to: string) =>
    /name="to" value="([^"]*)"/.exec((await all.ask('GET', `${path}&to=${encodeURIComponent(to)}`)).text)?.[1];
  expect(await shown('/demo/graceful/-/pipelines/1')).toBe('/demo/graceful/-/pipelines/1');
  for (const to of ['https://evil.example', '//evil.example/a', '/\\evil.example', '"><b>'])
    expect(await shown(to)).toBe('/');
  const sent = (to: string) => all.ask('POST', '/users/sign_in/link', { as: 'nobody', body: { token: 't0ken', to } });
  expect((await sent('//evil.example/a')).headers.location).toBe('/');
});

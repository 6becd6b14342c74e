import { afterEach, beforeEach, expect, it } from 'vitest';
import { listAudit } from '../../store/index.ts';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';

let all: ServedAll;
let at: string;

beforeEach(async () => {
  all = await serveAll();
  at = `/api/v4/projects/${all.project.id}`;
});

afterEach(() => all.close());

it('adds, changes and removes a member, and notes who did', async () => {
  const user_id = all.userIds.get('stranger');
  const before = await all.ask('GET', at, { as: 'stranger' });
  const added = await all.ask('POST', `${at}/members`, { as: 'maintainer', body: { user_id, access_level: 20 } });
  expect([before.status, added.status, added.json]).toEqual([
    404,
    201,
    expect.objectContaining({ id: user_id, username: 'stranger', access_level: 20, expires_at: null }),
  ]);
  const again = await all.ask('POST', `${at}/members`, { body: { username: 'stranger', access_level: 20 } });
  expect([again.status, again.json]).toEqual([409, { message: 'Member already exists' }]);
  const one = `${at}/members/${user_id}`;
  expect((await all.ask('PUT', one, { body: { access_level: 30 } })).json.access_level).toBe(30);
  expect((await all.ask('GET', at, { as: 'stranger' })).json.permissions.project_access.access_level).toBe(30);
  expect((await all.ask('DELETE', one)).status).toBe(204);
  expect((await all.ask('GET', at, { as: 'stranger' })).status).toBe(404);
  const page = { limit: 10, offset: 0, after: null, order: 'asc' } as const;
  const audit = await all.parts.store.read((db) => listAudit(db, all.project.id, page));
  expect(audit.map(({ action, userName }) => [action, userName])).toEqual([
    ['member.add', 'maintainer'],
    ['member.update', 'owner'],
    ['member.remove', 'owner'],
  ]);
});

it('forgets a member whose time is over, who can be added again', async () => {
  const user_id = all.userIds.get('stranger');
  const day = new Date(all.parts.clock.now() + 24 * 3_600_000).toISOString().slice(0, 10);
  const body = { user_id, access_level: 20 };
  await all.ask('POST', `${at}/members`, { body: { ...body, expires_at: day } });
  const one = `${at}/members/${user_id}`;
  expect((await all.ask('GET', one)).json).toMatchObject({ expires_at: day });
  all.parts.clock.pass(2 * 24 * 3_600_000);
  const { json } = await all.ask('GET', `${at}/members`);
  expect(json.map(({ id }: { id: number }) => id)).not.toContain(user_id);
  expect([(await all.ask('GET', one)).status, (await all.ask('DELETE', one)).status]).toEqual([404, 404]);
  expect((await all.ask('POST', `${at}/members`, { body })).json).toMatchObject({ expires_at: null });
});

it('lets nobody give or take more than they have', async () => {
  const as = 'maintainer';
  const give = { user_id: all.userIds.get('stranger'), access_level: 50 };
  const owner = `${at}/members/${all.userIds.get('owner')}`;
  const answers = [
    await all.ask('POST', `${at}/members`, { as, body: give }),
    await all.ask('PUT', owner, { as, body: { access_level: 10 } }),
    await all.ask('DELETE', owner, { as }),
    await all.ask('PUT', `${at}/members/${all.userIds.get('maintainer')}`, { as, body: { access_level: 50 } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
});

it('refuses a level that there is not, and a user who is not there', async () => {
  const ask = (body: object) => all.ask('POST', `${at}/members`, { body });
  expect((await ask({ user_id: 1, access_level: 25 })).json).toEqual({
    error: 'access_level does not have a valid value (allowed: 10, 20, 30, 40, 50)',
  });
  expect((await ask({ user_id: 99, access_level: 20 })).json).toEqual({ message: '404 User Not Found' });
  expect((await ask({ access_level: 20 })).status).toBe(400);
});

it('counts the owner of a namespace among all members', async () => {
  const { json } = await all.ask('POST', '/api/v4/projects', { as: 'stranger', body: { path: 'own' } });
  const id = all.userIds.get('stranger');
  await all.ask('DELETE', `/api/v4/projects/${json.id}/members/${id}`, { as: 'stranger' });
  const own = await all.ask('GET', `/api/v4/projects/${json.id}/members`, { as: 'stranger' });
  const everybody = await all.ask('GET', `/api/v4/projects/${json.id}/members/all`, { as: 'stranger' });
  expect([own.json, everybody.json]).toEqual([[], [expect.objectContaining({ id, access_level: 50 })]]);
});

it.each([
  ['protected_branches', { push_access_level: 30 }, 'push_access_levels', 'Developers + Maintainers'],
  ['protected_tags', { create_access_level: 0 }, 'create_access_levels', 'No one'],
])('protects by pattern: %s', async (kind, levels, field, who) => {
  const path = `${at}/${kind}`;
  const made = await all.ask('POST', path, { body: { name: 'release/*', ...levels } });
  expect([made.status, made.json.name, made.json[field][0].access_level_description]).toEqual([201, 'release/*', who]);
  expect((await all.ask('POST', path, { body: { name: 'release/*' } })).status).toBe(409);
  const one = `${path}/${encodeURIComponent('release/*')}`;
  expect((await all.ask('GET', one, { as: 'developer' })).json).toEqual(made.json);
  expect((await all.ask('DELETE', one, { as: 'developer' })).status).toBe(403);
  expect((await all.ask('DELETE', one)).status).toBe(204);
  expect((await all.ask('GET', path)).json).toEqual([]);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';

let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
});

afterEach(() => all.close());

const projects = '/api/v4/projects';

it('makes a project in the namespace of whoever asks, with a repository, and gives it to them', async () => {
  const made = await all.ask('POST', projects, { as: 'stranger', body: { name: 'My Shop!', build_timeout: 7200 } });
  expect(made.json).toMatchObject({
    path_with_namespace: 'stranger/my-shop',
    name: 'My Shop!',
    visibility: 'private',
    empty_repo: true,
    build_timeout: 7200,
    http_url_to_repo: 'http://ci.example/stranger/my-shop.git',
    namespace: { kind: 'user', full_path: 'stranger' },
    permissions: { project_access: { access_level: 50 } },
  });
  expect([made.status, all.parts.repositories.has(made.json.id)]).toEqual([201, true]);
  const found = await all.ask('GET', `${projects}/stranger%2Fmy-shop`, { as: 'stranger' });
  expect([found.status, found.json]).toEqual([200, made.json]);
  expect((await all.ask('GET', `${projects}/stranger%2Fmy-shop`)).json).toEqual({ message: '404 Project Not Found' });
});

it.each([
  [
    'a name that is taken',
    { path: 'shop' },
    { message: { name: ['has already been taken'], path: ['has already been taken'] } },
  ],
  ['no name', {}, { error: 'name, path are missing, at least one parameter must be provided' }],
  ['a namespace of somebody else', { path: 'a', namespace_id: 2 }, { message: { namespace: ['is not valid'] } }],
  ['a path that climbs', { path: '../a' }, { message: { path: [expect.stringContaining('can contain only')] } }],
  [
    'a default branch that git would not have',
    { path: 'b', default_branch: 'main\ncurl x' },
    { message: expect.stringContaining('default_branch: "main\\ncurl x" cannot be the name of a branch') },
  ],
])('refuses %s', async (_what, body, json) => {
  await all.ask('POST', projects, { body: { path: 'shop' } });
  const answer = await all.ask('POST', projects, { body });
  expect([answer.status, answer.json]).toEqual([400, json]);
});

it('lists what somebody may see, a page at a time', async () => {
  await all.ask('POST', projects, { as: 'stranger', body: { path: 'open', visibility: 'public' } });
  await all.ask('POST', projects, { as: 'stranger', body: { path: 'inner', visibility: 'internal' } });
  const seen = async (as: 'nobody' | 'guest' | 'stranger' | 'administrator', query = '') => {
    const { json } = await all.ask('GET', `${projects}?sort=asc${query}`, { as });
    return json.map((project: { path: string }) => project.path);
  };
  expect(await seen('nobody')).toEqual(['open']);
  expect(await seen('guest')).toEqual(['shop', 'open', 'inner']);
  expect(await seen('guest', '&membership=true')).toEqual(['shop']);
  expect(await seen('stranger', '&owned=true')).toEqual(['open', 'inner']);
  expect(await seen('administrator', '&search=SHO')).toEqual(['shop']);
  const page = await all.ask('GET', `${projects}?per_page=1`, { as: 'guest' });
  expect([page.json.length, page.headers['x-next-page'], page.headers['x-total']]).toEqual([1, '2', '3']);
});

it('changes what is named and nothing else, and notes who did', async () => {
  const at = `${projects}/${all.project.id}`;
  const before = (await all.ask('GET', at, { as: 'maintainer' })).json;
  const body = { description: 'Sells.', auto_cancel_pending_pipelines: 'disabled', visibility: 'internal' };
  const after = await all.ask('PUT', at, { as: 'maintainer', body });
  expect([after.status, after.json]).toEqual([200, { ...before, ...body }]);
  const wrong = await all.ask('PUT', at, { body: { default_branch: 'nowhere' } });
  expect([wrong.status, wrong.json]).toEqual([400, { message: { base: ['Could not set the default branch'] } }]);
  expect((await all.ask('PUT', at, { body: { default_branch: 'main' } })).status).toBe(200);
  expect((await all.ask('POST', `${at}/archive`)).json.archived).toBe(true);
  expect((await all.ask('POST', `${at}/unarchive`)).json.archived).toBe(false);
});

it('deletes a project with its repository, cancels what runs, and frees its path', async () => {
  const { id } = all.project;
  const started = await all.ask('POST', `${projects}/${id}/pipeline`, { body: { ref: 'main' } });
  expect(started.status).toBe(201);
  const gone = await all.ask('DELETE', `${projects}/${id}`);
  expect([gone.status, gone.json]).toEqual([202, { message: '202 Accepted' }]);
  expect((await all.ask('GET', `${projects}/${id}`)).status).toBe(404);
  expect(all.parts.repositories.has(id)).toBe(false);
  const queued = await all.parts.store.read(({ query }) => query.selectFrom('queue').selectAll().execute());
  expect(queued).toEqual([]);
});

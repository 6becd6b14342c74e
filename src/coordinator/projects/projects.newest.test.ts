import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';

let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
});

afterEach(() => all.close());

const projects = '/api/v4/projects';

it('says of each project that is listed how its newest pipeline stands', async () => {
  await all.ask('POST', projects, { body: { path: 'empty' } });
  const newest = async () => {
    const { json } = await all.ask('GET', projects);
    return Object.fromEntries(
      json.map(({ path, newest_pipeline }: { path: string; newest_pipeline: unknown }) => [path, newest_pipeline]),
    );
  };
  expect(await newest()).toEqual({ empty: null, shop: null });
  for (const _ of [1, 2]) await all.ask('POST', `${projects}/${all.project.id}/pipeline`, { body: { ref: 'main' } });
  const [last] = (await all.ask('GET', `${projects}/${all.project.id}/pipelines`)).json;
  const none = { open: 0, failed: 0, timed_out: 0, skipped: 0, lost: 0 };
  expect(await newest()).toEqual({
    empty: null,
    shop: { ...last, title: expect.stringMatching(/./), cleanups: none },
  });
});

it("lists to a project's token its own project and what all may see, whatever else its maker sees", async () => {
  await all.ask('POST', projects, { body: { path: 'hidden' } });
  await all.ask('POST', projects, { body: { path: 'open', visibility: 'public' } });
  const body = { name: 'robot', scopes: ['api'], access_level: 20 };
  const { token } = (await all.ask('POST', `${projects}/${all.project.id}/access_tokens`, { body })).json;
  const seen = async (query: string) => {
    const { json } = await all.ask('GET', `${projects}?sort=asc${query}`, { headers: { 'private-token': token } });
    return json.map(({ path }: { path: string }) => path);
  };
  expect(await seen('')).toEqual(['shop', 'open']);
  expect(await seen('&membership=true')).toEqual(['shop']);
  expect(await seen('&owned=true')).toEqual([]);
});

it("lists to a project's token nothing hidden once its maker has no part in the project any more", async () => {
  const at = `${projects}/${all.project.id}`;
  const body = { name: 'robot', scopes: ['api'], access_level: 20 };
  const { token } = (await all.ask('POST', `${at}/access_tokens`, { as: 'maintainer', body })).json;
  const headers = { 'private-token': token };
  const seen = async () => [
    (await all.ask('GET', projects, { headers })).json.map(({ path }: { path: string }) => path),
    (await all.ask('GET', at, { headers })).status,
  ];
  expect(await seen()).toEqual([['shop'], 200]);
  const removed = await all.ask('DELETE', `${at}/members/${all.userIds.get('maintainer')}`);
  expect(removed.status).toBe(204);
  expect(await seen()).toEqual([[], 404]);
});

import { expect, it } from 'vitest';
import { putMember } from '../../../store/index.ts';
import { makeProject } from '../../testing/make-project.ts';
import { restRoutes } from '../index.ts';
import { openRest } from '../testing/open-rest.ts';

it('makes a trigger token, shows it once, and takes it back', async () => {
  const rest = await openRest(restRoutes);
  const { id } = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
  const member = { source: 'project', sourceId: id, userId: 40, role: 40, expiresAt: null } as const;
  await rest.parts.store.write((tx) => putMember(tx, member));
  const own = `/projects/${id}/triggers`;
  const as = 'maintainer';
  const made = await rest.ask('POST', own, { as, body: { description: 'nightly', expires_at: '2026-01-03' } });
  expect(made).toMatchObject({ status: 201, json: { description: 'nightly', owner: { username: 'maintainer' } } });
  const { id: triggerId, token } = made.json;
  expect(token).toMatch(/^glptt-.{20,}/);
  const start = () =>
    rest.ask('POST', `/projects/${id}/trigger/pipeline`, { as: 'nobody', body: { ref: 'main', token } });
  expect((await start()).status).toBe(201);
  const listed = await rest.ask('GET', own, { as });
  expect(listed.json).toMatchObject([
    { id: triggerId, token: 'glptt-********', last_used: '2026-01-02T03:04:05.000Z' },
  ]);
  const renamed = await rest.ask('PUT', `${own}/${triggerId}`, { as, body: { description: 'weekly' } });
  expect(renamed.json.description).toBe('weekly');
  rest.parts.clock.pass(86_400_000);
  expect((await start()).status).toBe(404);
  expect((await rest.ask('POST', own, { as, body: { description: 'x', expires_at: 'soon' } })).status).toBe(400);
  expect((await rest.ask('GET', own, { as: 'developer' })).status).toBe(403);
  expect((await rest.ask('DELETE', `${own}/${triggerId}`, { as })).status).toBe(204);
  expect((await rest.ask('GET', `${own}/${triggerId}`, { as })).status).toBe(404);
  await rest.close();
});

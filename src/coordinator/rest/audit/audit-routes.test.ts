import { expect, it } from 'vitest';
import { makeProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { openRest } from '../testing/open-rest.ts';

it('tells maintainers who did what, the newest first', async () => {
  const rest = await openRest(restRoutes);
  const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
  const id = await startPipeline(rest.parts, project);
  await rest.ask('POST', `/projects/${project.id}/pipelines/${id}/cancel`, { as: 'developer' });
  // Over already: these change nothing, and are no deeds.
  await rest.ask('POST', `/projects/${project.id}/pipelines/${id}/cancel`, { as: 'developer' });
  await rest.ask('POST', `/projects/${project.id}/pipelines/${id}/cancel?force=true`, { as: 'maintainer' });
  await rest.ask('POST', `/projects/${project.id}/pipelines/${id}/retry`, { as: 'developer' });
  await rest.ask('POST', `/projects/${project.id}/pipelines/${id}/cancel?force=true`, { as: 'maintainer' });
  const own = `/projects/${project.id}/audit_events`;
  const { json } = await rest.ask('GET', own, { as: 'maintainer' });
  expect(json).toMatchObject([
    { event_name: 'pipeline.force_cancel', details: { author_name: 'maintainer', ip_address: '127.0.0.1' } },
    { event_name: 'pipeline.retry', details: { author_name: 'developer' } },
    {
      author_id: 30,
      entity_type: 'Project',
      entity_id: project.id,
      event_name: 'pipeline.cancel',
      details: { author_name: 'developer', target_type: 'pipeline', target_id: String(id) },
    },
  ]);
  expect((await rest.ask('GET', `${own}?per_page=1&page=3`)).json).toHaveLength(1);
  expect((await rest.ask('GET', own, { as: 'developer' })).status).toBe(403);
  expect((await rest.ask('GET', '/audit_events')).status).toBe(403);
  expect((await rest.ask('GET', '/audit_events', { as: 'administrator' })).json).toHaveLength(3);
  await rest.close();
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockResourceGroup, takeResource } from '../../../store/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type AskOptions, type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;
const FILE = `
now: {stage: build, script: x, resource_group: production}
later: {stage: deploy, script: x, resource_group: production}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});
const ask = (method: string, path: string, options?: AskOptions): Promise<Asked> =>
  rest.ask(method, `/projects/${project.id}/resource_groups${path}`, { as: 'developer', ...options });

it('shows who holds a group, who waits for it and who will', async () => {
  const pipelineId = await startPipeline(rest.parts, project);
  const { store } = rest.parts;
  const group = await store.write((tx) => lockResourceGroup(tx, project.id, 'production'));
  const shown = { id: group.id, key: 'production', process_mode: 'unordered', created_at: '2026-01-02T03:04:05.000Z' };
  expect((await ask('GET', '')).json).toMatchObject([shown]);
  expect((await ask('GET', '/production')).json).toMatchObject(shown);
  expect((await ask('GET', '/none')).json).toEqual({ message: '404 Resource Group Not Found' });
  const names = async (): Promise<readonly string[]> =>
    (await ask('GET', '/production/upcoming_jobs')).json.map((job: { name: string }) => job.name);
  expect(await names()).toEqual(['now', 'later']);
  expect((await ask('GET', '/production/current_job')).status).toBe(404);
  const job = (await jobsOf(rest.parts, pipelineId))[0]?.id ?? 0;
  await store.write((tx) => takeResource(tx, group.id, { job, pipeline: pipelineId }));
  expect((await ask('GET', '/production/current_job')).json.name).toBe('now');
});

it('lets the order be set from the pipeline on, before any job wants the group', async () => {
  const file = 'later: {script: x, resource_group: $CI_COMMIT_BRANCH-lock, when: manual}\n';
  project = await makeProject(rest.parts, { path: 'later', files: { '.gitlab-ci.yml': file } });
  await startPipeline(rest.parts, project);
  const changed = await ask('PUT', '/main-lock', { body: { process_mode: 'oldest_first' } });
  expect([changed.status, changed.json.process_mode]).toEqual([200, 'oldest_first']);
});

it('changes the order, and has the group looked at once more', async () => {
  const { store } = rest.parts;
  await store.write((tx) => lockResourceGroup(tx, project.id, 'production'));
  const changed = await ask('PUT', '/production', { body: { process_mode: 'newest_first' } });
  expect([changed.status, changed.json.process_mode]).toEqual([200, 'newest_first']);
  expect((await ask('GET', '/production')).json.process_mode).toBe('newest_first');
  const looks = await store.read(({ query }) => query.selectFrom('outbox').select(['kind', 'body']).execute());
  expect(looks).toEqual([{ kind: 'resource', body: '{"key":"production"}' }]);
  const wrong = await ask('PUT', '/production', { body: { process_mode: 'random' } });
  expect(wrong.json).toEqual({
    error:
      'process_mode does not have a valid value (allowed: unordered, oldest_first, newest_first, newest_ready_first)',
  });
  expect((await ask('PUT', '/production', { body: {}, as: 'reporter' })).status).toBe(403);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../runner-api/index.ts';
import { type RunnerServer, serveRunners } from '../runner-api/testing/serve-runners.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { runnersRoutes } from './index.ts';

let parts: OpenedParts;
let server: RunnerServer;
let project: number;

beforeEach(async () => {
  parts = await openParts();
  const made = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
  project = made.id;
  server = await serveRunners(parts, (gate) => [
    ...runnerProtocolRoutes(parts, DEFAULT_LIMITS),
    ...runnersRoutes(parts, gate.projects),
  ]);
  await startPipeline(parts, made);
});

afterEach(async () => {
  await server.close();
  await parts.close();
});

const ask = (role: string, method: string, path: string, json: unknown = {}) =>
  server.request(method, `/api/v4${path}`, {
    headers: { 'private-token': role },
    ...(method === 'GET' ? {} : { json }),
  });
const say = (method: string, path: string, json: unknown) => server.request(method, `/api/v4${path}`, { json });

it('makes a runner for a project, which verifies, works, and is seen', async () => {
  const wanted = { runner_type: 'project_type', project_id: project, description: 'ours', tag_list: 'a,b' };
  expect((await ask('developer', 'POST', '/user/runners', wanted)).status).toBe(403);
  const made = await ask('maintainer', 'POST', '/user/runners', wanted);
  expect([made.status, made.json.token]).toEqual([201, expect.stringMatching(/^glrt-/)]);
  const { id, token } = made.json;
  const info = {
    name: 'gitlab-runner',
    version: '19.4.0',
    features: { refspecs: true, upload_multiple_artifacts: true },
  };
  const verified = await say('POST', '/runners/verify', { token, system_id: 's_1', info });
  expect([verified.status, verified.json]).toEqual([200, { id, token, token_expires_at: null }]);
  expect((await say('POST', '/jobs/request', { token, system_id: 's_1', info })).status).toBe(201);
  const { json } = await ask('maintainer', 'GET', `/runners/${id}`);
  expect(json).toMatchObject({ id, description: 'ours', tag_list: ['a', 'b'], status: 'online', version: '19.4.0' });
  expect((await ask('maintainer', 'GET', `/runners/${id}/managers`)).json).toMatchObject([{ system_id: 's_1' }]);
  expect((await ask('maintainer', 'GET', `/projects/${project}/runners`)).json).toMatchObject([{ id }]);
  expect((await ask('guest', 'GET', `/runners/${id}`)).status).toBe(403);
});

it('makes runners of the instance for administrators alone', async () => {
  expect((await ask('maintainer', 'POST', '/user/runners', { runner_type: 'instance_type' })).status).toBe(403);
  expect((await ask('owner', 'POST', '/user/runners', { runner_type: 'instance_type' })).status).toBe(201);
  expect((await ask('owner', 'GET', '/runners/all')).json).toHaveLength(1);
  expect((await ask('maintainer', 'GET', '/runners/all')).status).toBe(403);
});

it('registers with the last registration token, and takes its words as GitLab does', async () => {
  const first = await ask('maintainer', 'POST', `/projects/${project}/runners/reset_registration_token`);
  const second = await ask('maintainer', 'POST', `/projects/${project}/runners/reset_registration_token`);
  const body = { description: 'legacy', tag_list: 'py', run_untagged: 'False', access_level: 'ref_protected' };
  expect((await say('POST', '/runners', { ...body, token: first.json.token })).status).toBe(403);
  const registered = await server.request('POST', '/api/v4/runners', {
    body: new URLSearchParams({ ...body, token: second.json.token }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(registered.status).toBe(201);
  const { json } = await ask('owner', 'GET', `/runners/${registered.json.id}`);
  expect(json).toMatchObject({ runner_type: 'project_type', run_untagged: false, access_level: 'ref_protected' });
  const untagged = { token: second.json.token, run_untagged: false, tag_list: '' };
  expect((await say('POST', '/runners', untagged)).status).toBe(400);
});

it('pauses, resets and removes; the old token is then nobody’s', async () => {
  const wanted = { runner_type: 'project_type', project_id: project };
  const { id, token } = (await ask('maintainer', 'POST', '/user/runners', wanted)).json;
  expect((await ask('maintainer', 'PUT', `/runners/${id}`, { paused: true })).json).toMatchObject({ paused: true });
  expect((await say('POST', '/jobs/request', { token, last_update: 'epilogue' })).status).toBe(204);
  const reset = await say('POST', '/runners/reset_authentication_token', { token });
  expect(reset.status).toBe(201);
  expect((await say('POST', '/runners/verify', { token })).status).toBe(403);
  const again = await ask('maintainer', 'POST', `/runners/${id}/reset_authentication_token`);
  expect((await say('POST', '/runners/verify', { token: reset.json.token })).status).toBe(403);
  const last = again.json.token;
  expect((await say('DELETE', '/runners/managers', { token: last, system_id: 's_1' })).status).toBe(204);
  expect((await say('DELETE', '/runners', { token: last })).status).toBe(204);
  expect((await say('POST', '/runners/verify', { token: last })).status).toBe(403);
  expect((await ask('maintainer', 'GET', `/runners/${id}`)).status).toBe(404);
});

it('lists the jobs of a runner to whoever may read them', async () => {
  const wanted = { runner_type: 'project_type', project_id: project };
  const { id, token } = (await ask('maintainer', 'POST', '/user/runners', wanted)).json;
  const path = `/runners/${id}/jobs`;
  expect((await ask('maintainer', 'GET', path)).json).toEqual([]);
  const features = { refspecs: true, upload_multiple_artifacts: true };
  await say('POST', '/jobs/request', { token, system_id: 's_1', info: { features } });
  const jobs = (await ask('maintainer', 'GET', path)).json;
  expect(jobs).toMatchObject([{ name: 'a', project: { id: project, path_with_namespace: 'group/shop' } }]);
  expect((await ask('maintainer', 'GET', `${path}?status=failed`)).json).toEqual([]);
  expect((await ask('guest', 'GET', path)).status).toBe(403);
  const shared = (await ask('owner', 'POST', '/user/runners', { runner_type: 'instance_type' })).json;
  expect((await ask('maintainer', 'GET', `/runners/${shared.id}/jobs`)).status).toBe(403);
  expect((await ask('owner', 'GET', `/runners/${shared.id}/jobs`)).json).toEqual([]);
});

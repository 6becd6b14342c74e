import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertProtectedRef, putMember } from '../../../store/index.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { hashToken } from '../../work/index.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type AskOptions, type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;
const ask = (method: string, path: string, options?: AskOptions): Promise<Asked> =>
  rest.ask(method, `/projects/${project.id}/${path}`, options);

const FILE = `
build: {stage: build, script: make, after_script: clean, interruptible: graceful}
test: {stage: test, script: make test}
deploy: {stage: deploy, script: ship, rules: [{if: $WHERE}]}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

async function makeTrigger(token: string, changes: { expires_at?: number; user_id?: number } = {}): Promise<void> {
  const row = { kind: 'trigger', token_hash: hashToken(token), project_id: project.id, name: 't', scopes: '[]' };
  await rest.parts.store.write(({ query }) =>
    query
      .insertInto('tokens')
      .values({ ...row, user_id: 40, created_at: 0, ...changes })
      .execute(),
  );
}

async function makeMember(userId: number): Promise<void> {
  const member = { source: 'project', sourceId: project.id, userId, role: userId, expiresAt: null } as const;
  await rest.parts.store.write((tx) => putMember(tx, member));
}

it('lets a token start nothing on a protected branch that its user could not', async () => {
  await makeMember(30);
  await makeMember(40);
  await makeTrigger('weak', { user_id: 30 });
  await makeTrigger('strong', { user_id: 40 });
  const ref = { kind: 'branch', pattern: 'main', pushRole: 40, mergeRole: 40 } as const;
  await rest.parts.store.write((tx) => insertProtectedRef(tx, project.id, ref));
  const trigger = async (token: string): Promise<number> =>
    (await ask('POST', 'trigger/pipeline', { as: 'nobody', body: { ref: 'main', token } })).status;
  await startPipeline(rest.parts, project);
  expect(await trigger((await takeJob(rest.parts)).token)).toBe(400);
  expect([await trigger('weak'), await trigger('strong')]).toEqual([400, 201]);
  expect(await trigger((await takeJob(rest.parts)).token)).toBe(201);
  expect((await ask('POST', 'pipeline', { as: 'developer', body: { ref: 'main' } })).status).toBe(400);
});

it('makes a pipeline of a branch, with the variables that it is given', async () => {
  const body = { ref: 'main', variables: [{ key: 'WHERE', value: 'eu' }] };
  const { status, json } = await ask('POST', 'pipeline', { body, as: 'developer' });
  expect(status).toBe(201);
  expect(json).toMatchObject({ ref: 'main', sha: project.sha, source: 'api', user: { username: 'developer' } });
  const jobs = (await ask('GET', `pipelines/${json.id}/jobs?sort=asc`)).json as { name: string }[];
  expect(jobs.map(({ name }) => name)).toEqual(['build', 'test', 'deploy']);
});

it('says as GitLab does why it makes none', async () => {
  const made = async (body: unknown): Promise<unknown> => {
    const { status, json } = await ask('POST', 'pipeline', { body });
    return [status, json];
  };
  expect(await made({})).toEqual([400, { error: 'ref is missing' }]);
  expect(await made({ ref: 'none' })).toEqual([400, { message: { base: ['Reference not found'] } }]);
  expect(await made({ ref: project.sha })).toEqual([400, { message: { base: ['Reference not found'] } }]);
  const broken = { '.gitlab-ci.yml': 'a: {stage: nowhere, script: x}\n' };
  commitFiles(rest.parts, project.id, { files: broken, ref: 'refs/heads/broken' });
  const [status, json] = (await made({ ref: 'broken' })) as [number, { message: { base: string[] } }];
  expect([status, json.message.base[0]]).toEqual([400, expect.stringContaining('.gitlab-ci.yml:1:')]);
  expect(await made({ ref: 'main', variables: [{ key: 'not a name', value: '' }] })).toEqual([
    400,
    { error: 'variables[0][key] is invalid (it has to be as the expression ^[A-Za-z_][A-Za-z0-9_]*$ says)' },
  ]);
  expect((await ask('POST', 'pipeline', { body: { ref: 'main' }, as: 'reporter' })).status).toBe(403);
});

it('makes one for whoever holds a trigger token, and for a job', async () => {
  await makeMember(40);
  await makeTrigger('good');
  await makeTrigger('old', { expires_at: 1 });
  await makeTrigger('orphan', { user_id: 999 });
  const variables = { WHERE: 'eu' };
  const made = await ask('POST', 'trigger/pipeline', { as: 'nobody', body: { ref: 'main', token: 'good', variables } });
  expect([made.status, made.json.source, made.json.user.username]).toEqual([201, 'trigger', 'maintainer']);
  const byPath = await ask('POST', 'ref/main/trigger/pipeline?token=good&variables[WHERE]=us', { as: 'nobody' });
  expect(byPath.status).toBe(201);
  const given = await ask('GET', `pipelines/${byPath.json.id}/variables`);
  expect(given.json).toMatchObject([{ key: 'WHERE', value: 'us' }]);
  for (const token of ['old', 'wrong']) {
    expect((await ask('POST', 'trigger/pipeline', { as: 'nobody', body: { ref: 'main', token } })).status).toBe(404);
  }
  // Whom it stood for is gone.
  const orphaned = await ask('POST', 'trigger/pipeline', { as: 'nobody', body: { ref: 'main', token: 'orphan' } });
  expect([orphaned.status, orphaned.json.message.base[0]]).toEqual([400, expect.stringContaining('permission')]);
  const elsewhere = { as: 'nobody', body: { ref: 'main', token: 'good' } } as const;
  expect((await rest.ask('POST', '/projects/999/trigger/pipeline', elsewhere)).status).toBe(404);
  const job = await takeJob(rest.parts);
  const body = { ref: 'main', token: job.token };
  expect((await ask('POST', 'trigger/pipeline', { as: 'nobody', body })).json.source).toBe('pipeline');
  await job.finish();
  expect((await ask('POST', 'trigger/pipeline', { as: 'nobody', body })).status).toBe(404);
});

it('cancels a pipeline into its teardown, then runs it again', async () => {
  const id = await startPipeline(rest.parts, project);
  const job = await takeJob(rest.parts);
  await job.report({ type: 'script_started' });
  const { status, json } = await ask('POST', `pipelines/${id}/cancel`, { as: 'developer' });
  expect([status, json.status, json.cleanups.open]).toEqual([200, 'canceling', 1]);
  expect(json.teardown).toMatchObject({ cause: 'canceled', requested_by: 'developer' });
  const alone = (await ask('GET', `pipelines/${id}`)).json;
  expect(alone).toMatchObject({ at_stake: { cleanups: 1, teardowns: 1 }, parent: null, expected_duration: null });
  rest.parts.clock.pass(90_000);
  const cleanup = { outcome: 'timed_out', attempt: 1 } as const;
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null, cleanup } as const;
  await job.report({ type: 'finished', ...last });
  const ended = (await ask('GET', `pipelines/${id}`)).json;
  expect(ended).toMatchObject({ status: 'canceled', duration: 90, queued_duration: 0, cleanups: { timed_out: 1 } });
  const again = await ask('POST', `pipelines/${id}/retry`, { as: 'developer' });
  expect([again.status, again.json.status]).toEqual([201, 'pending']);
});

it('counts in its cleanups those of the pipelines below it, in the answer to a cancel and alone', async () => {
  const above = await startPipeline(rest.parts, project);
  const below = await startPipeline(rest.parts, project);
  await rest.parts.store.write((tx) =>
    tx.query.updateTable('pipelines').set({ parent_pipeline_id: above }).where('id', '=', below).execute(),
  );
  for (const job of [await takeJob(rest.parts), await takeJob(rest.parts)])
    await job.report({ type: 'script_started' });
  const open = async (id: number) => (await ask('GET', `pipelines/${id}`)).json.cleanups.open;
  expect([await open(above), await open(below)]).toEqual([2, 1]);
  const { json } = await ask('POST', `pipelines/${above}/cancel`, { as: 'developer' });
  expect([json.status, json.cleanups.open]).toEqual(['canceling', 2]);
});

it('lets maintainers alone force it', async () => {
  const id = await startPipeline(rest.parts, project);
  const job = await takeJob(rest.parts);
  await job.report({ type: 'script_started' });
  const force = `pipelines/${id}/cancel?force=true`;
  expect((await ask('POST', force, { as: 'developer' })).status).toBe(403);
  const { json: canceling } = await ask('POST', `pipelines/${id}/cancel`, { as: 'developer' });
  expect(canceling.teardown).toMatchObject({ requested_by: 'developer', forced_by: null, forced_at: null });
  const { json } = await ask('POST', force, { as: 'maintainer' });
  expect(json).toMatchObject({ status: 'canceled', cleanups: { skipped: 1 } });
  const forced = { forced_by: 'maintainer', forced_at: '2026-01-02T03:04:05.000Z' };
  expect(json.teardown).toMatchObject({ requested_by: 'developer', ...forced });
});

it('names a pipeline', async () => {
  const id = await startPipeline(rest.parts, project);
  const { status, json } = await ask('PUT', `pipelines/${id}/metadata`, { body: { name: 'nightly' } });
  expect([status, json.name]).toEqual([200, 'nightly']);
  expect((await ask('GET', 'pipelines?name=nightly')).json).toHaveLength(1);
});

it('removes a pipeline that has ended, and none that may owe a cleanup', async () => {
  const id = await startPipeline(rest.parts, project);
  const early = await ask('DELETE', `pipelines/${id}`);
  expect([early.status, early.json]).toEqual([
    409,
    { message: '409 Conflict - Pipeline has not ended: cancel it first' },
  ]);
  await ask('POST', `pipelines/${id}/cancel`);
  expect((await ask('DELETE', `pipelines/${id}`, { as: 'maintainer' })).status).toBe(403);
  expect((await ask('DELETE', `pipelines/${id}`)).status).toBe(204);
  expect((await ask('GET', `pipelines/${id}`)).status).toBe(404);
  expect((await ask('GET', 'jobs')).json).toEqual([]);
});

it('takes inputs for the file from the API and from a trigger, and says what is wrong with them', async () => {
  const file =
    'spec: {inputs: {where: , count: {type: number, default: 1}}}\n---\n"to $[[ inputs.where ]]": {script: x}\n';
  const sha = commitFiles(rest.parts, project.id, { files: { '.gitlab-ci.yml': file } });
  await makeTrigger('pull', { user_id: 40 });
  await makeMember(40);
  const inputs = { where: 'prod', count: 2 };
  const asked = await ask('POST', 'pipeline', { as: 'maintainer', body: { ref: 'main', inputs } });
  expect(asked).toMatchObject({ status: 201, json: { sha } });
  const query = 'token=pull&ref=main&inputs%5Bwhere%5D=test&inputs%5Bcount%5D=2';
  expect((await ask('POST', `trigger/pipeline?${query}`, { as: 'nobody' })).status).toBe(201);
  const refused = await ask('POST', 'pipeline', { as: 'maintainer', body: { ref: 'main', inputs: { count: 'x' } } });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.json)).toMatch(/"where.*is required.*"count.*is not a number/s);
});

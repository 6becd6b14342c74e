import { afterAll, beforeAll, expect, it } from 'vitest';
import { putMember } from '../../store/index.ts';
import { accessLevel, ruleOf } from '../access/index.ts';
import type { Route } from '../http/index.ts';
import { createToken } from '../users/index.ts';
import { made, openTarget, type Target } from './testing/open-target.ts';

/** What lies in the one project, and is asked for below the other. */
let things: Readonly<Record<string, string | number>>;
let target: Target;
let runner: { readonly id: number };

beforeAll(async () => {
  target = await openTarget();
  const { parts, project, other, userIds, jobs, pipeline, trigger } = target;
  const p = `/projects/${project.id}`;
  runner = await made(target, '/user/runners', { runner_type: 'project_type', project_id: project.id });
  const token = await made(target, `${p}/access_tokens`, { name: 'x', scopes: ['api'], access_level: 30 });
  await made(target, `${p}/protected_branches`, { name: 'only-here' });
  await made(target, `${p}/protected_tags`, { name: 'only-here' });
  // Of the other one it is the stranger who may everything.
  const stranger = { source: 'project', sourceId: other.id, userId: userIds.get('stranger') ?? 0 } as const;
  await parts.store.write((tx) => putMember(tx, { ...stranger, role: accessLevel('owner'), expiresAt: null }));
  things = {
    id: other.id,
    job_id: jobs.running.id,
    pipeline_id: pipeline,
    token_id: token.id,
    trigger_id: trigger.id,
    runner_id: runner.id,
    user_id: userIds.get('developer') ?? 0,
    key: 'KEY',
    name: 'only-here',
    sha: project.sha,
    file_path: 'c.yml',
    ref: 'main',
    '*': 'out/page.html',
    branch: 'only-here',
    tag_name: 'only-here',
  };
}, 60_000);
afterAll(() => target.close());

/** Bodies and queries without which a route does not come as far as looking. */
const GIVEN: Readonly<Record<string, { readonly query?: string; readonly body?: object }>> = {
  'PUT /api/v4/projects/:id/members/:user_id': { body: { access_level: 10 } },
  'PUT /api/v4/projects/:id/variables/:key': { body: { value: 'x' } },
  'PUT /api/v4/projects/:id/pipelines/:pipeline_id/metadata': { body: { name: 'x' } },
  'POST /api/v4/projects/:id/obligations/:job_id/settle': { body: { reason: 'x' } },
  'GET /api/v4/projects/:id/repository/files/:file_path': { query: 'ref=main' },
  'GET /api/v4/projects/:id/repository/files/:file_path/raw': { query: 'ref=main' },
  'GET /api/v4/projects/:id/jobs/:job_id/trace/search': { query: 'text=x' },
  'GET /api/v4/projects/:id/jobs/artifacts/:ref/download': { query: 'job=build' },
  'GET /api/v4/projects/:id/jobs/artifacts/:ref/raw/*': { query: 'job=build' },
};

const nested = (): readonly Route[] =>
  target.routes.filter(
    ({ action, path }) =>
      ruleOf(action).on === 'project' && ruleOf(action).least !== 'credential' && /\/:id\/.*(:|\*)/.test(path),
  );

it.each(['administrator', 'stranger'] as const)(
  'finds nothing of one project below another, not even for its %s',
  async (as) => {
    const wrong: string[] = [];
    for (const { method, path } of nested()) {
      const name = `${method} ${path}`;
      const { query = '', body = {} } = GIVEN[name] ?? {};
      const filled = path.replaceAll(/:(\w+)|\*/g, (all, param: string | undefined) => {
        const thing = things[param ?? all];
        if (thing === undefined) throw new Error(`${name}: what is ${all}?`);
        return encodeURIComponent(thing);
      });
      const { status, text } = await target.ask(method, `${filled}?${query}`, {
        as,
        ...(method === 'GET' ? {} : { body }),
      });
      if (status !== 404) wrong.push(`${name}: ${status} ${text.slice(0, 100)}`);
    }
    expect(wrong).toEqual([]);
    expect(target.parts.complaints).toEqual([]);
  },
);

it('has left what was asked for as it was', async () => {
  const p = `/api/v4/projects/${target.project.id}`;
  const { running } = target.jobs;
  for (const path of [
    ...[
      `/members/${things.user_id}`,
      '/variables/KEY',
      '/protected_branches/only-here',
      `/access_tokens/${things.token_id}`,
    ],
    ...[`/triggers/${things.trigger_id}`, `/pipelines/${things.pipeline_id}`, `/jobs/${running.id}/artifacts`],
  ]) {
    expect([path, (await target.ask('GET', p + path, { as: 'administrator' })).status]).toEqual([path, 200]);
  }
  expect((await target.ask('GET', `${p}/jobs/${running.id}`)).json.status).toBe('running');
});

it("shows and changes a project's runner to nobody who has nothing to do with that project", async () => {
  const one = `/api/v4/runners/${runner.id}`;
  const asked = [
    ...[`GET ${one}`, `GET ${one}/managers`, `GET ${one}/jobs`, `PUT ${one}`, `DELETE ${one}`],
    `POST ${one}/reset_authentication_token`,
  ];
  for (const each of asked) {
    const [method = '', path = ''] = each.split(' ');
    const body = method === 'GET' ? {} : { body: { description: 'mine', paused: true } };
    const { status, text } = await target.ask(method, path, { as: 'stranger', ...body });
    // As in GitLab, which says so of every runner that is not the asker's.
    expect([each, status, text]).toEqual([each, 403, '{"message":"403 Forbidden - No access granted"}']);
  }
  const given = await target.ask('POST', `/api/v4/projects/${target.other.id}/runners`, {
    as: 'stranger',
    body: { runner_id: runner.id },
  });
  expect(given.status).toBe(403);
  expect((await target.ask('GET', one, { as: 'owner' })).json).toMatchObject({ paused: false, description: '' });
});

it('shows jobs of a runner to a token that only reads', async () => {
  const user = { username: 'owner', name: 'reader', scopes: ['read_api'], expiresAt: null };
  const headers = { 'private-token': await createToken(target.parts, user) };
  const { id } = target.project;
  await target.parts.store.write(({ query }) => query.updateTable('jobs').set({ runner_id: runner.id }).execute());
  const { json } = await target.ask('GET', `/api/v4/runners/${runner.id}/jobs`, { as: 'nobody', headers });
  expect(new Set(json.map((job: { project: { id: number } }) => job.project.id))).toEqual(new Set([id]));
});

it('names of a runner that several projects share only those projects that the asker may see', async () => {
  await made(target, `/projects/${target.other.id}/runners`, { runner_id: runner.id });
  const one = `/api/v4/runners/${runner.id}`;
  const projectsAs = async (as: 'owner' | 'stranger' | 'administrator') => {
    const { json } = await target.ask('GET', one, { as });
    return json.projects.map(({ id }: { id: number }) => id);
  };
  expect(await projectsAs('stranger')).toEqual([target.other.id]);
  expect(await projectsAs('owner')).toEqual([target.project.id]);
  expect(await projectsAs('administrator')).toEqual([target.project.id, target.other.id]);
});

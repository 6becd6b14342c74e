import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let project: TestProject;
  const at = (path: string): string => `/projects/${project.id}/${path}`;

  beforeEach(async () => {
    rest = await openRest(restRoutes, engine);
    project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
  });
  afterEach(async () => {
    expect(rest.parts.complaints).toEqual([]);
    await rest.close();
  });

  it('shows a pipeline as GitLab does, and what of it is ours', async () => {
    const id = await startPipeline(rest.parts, project, { userId: 30 });
    const { status, json } = await rest.ask('GET', at(`pipelines/${id}`));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id,
      iid: 1,
      project_id: project.id,
      sha: project.sha,
      ref: 'main',
      status: 'pending',
      source: 'push',
      created_at: '2026-01-02T03:04:05.000Z',
      web_url: `http://ci.example/group/shop/-/pipelines/${id}`,
      before_sha: '0'.repeat(40),
      tag: false,
      yaml_errors: null,
      user: { username: 'developer', state: 'active' },
      started_at: null,
      detailed_status: { icon: 'status_pending', text: 'Pending', details_path: `/group/shop/-/pipelines/${id}` },
      teardown: null,
      cleanups: { open: 0, failed: 0, timed_out: 0, skipped: 0, lost: 0 },
    });
  });

  it('finds a project by its path as well, and no pipeline in a project that is not its own', async () => {
    const id = await startPipeline(rest.parts, project);
    const other = await makeProject(rest.parts, { path: 'other', files: { '.gitlab-ci.yml': 'a: {script: x}' } });
    expect((await rest.ask('GET', `/projects/group%2Fshop/pipelines/${id}`)).json.id).toBe(id);
    const asked = await rest.ask('GET', `/projects/${other.id}/pipelines/${id}`);
    expect([asked.status, asked.json]).toEqual([404, { message: '404 Pipeline Not Found' }]);
    expect((await rest.ask('GET', at('pipelines/x'))).json).toEqual({
      error: 'pipeline_id is invalid (it has to be a whole number)',
    });
  });

  it('lists by page, with totals, and by key, with the way on alone', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift(await startPipeline(rest.parts, project));
    const first = await rest.ask('GET', at('pipelines?per_page=2'));
    expect(first.json.map((each: { id: number }) => each.id)).toEqual(ids.slice(0, 2));
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-total': '5',
      'x-total-pages': '3',
      'x-next-page': '2',
    });
    const seen: number[] = [];
    let next: string | undefined = `${rest.api}${at('pipelines?pagination=keyset&per_page=2')}`;
    while (next !== undefined) {
      const page = await rest.ask('GET', next.replace(/^.*\/api\/v4/, ''));
      seen.push(...page.json.map((each: { id: number }) => each.id));
      expect(page.headers.has('x-total')).toBe(false);
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(ids);
  });

  it('filters by everything that GitLab does', async () => {
    const { parts } = rest;
    const sha = commitFiles(parts, project.id, { files: { a: 'a' }, ref: 'refs/heads/topic' });
    const files = { '.gitlab-ci.yml': 'broken: {stage: nowhere, script: x}\n' };
    const bad = commitFiles(parts, project.id, { files, ref: 'refs/heads/bad' });
    const first = await startPipeline(parts, project, { userId: 30 });
    parts.clock.pass(60_000);
    const second = await startPipeline(parts, project, { source: 'api' });
    const fine = { '.gitlab-ci.yml': 'a: {script: x}\n' };
    const topic = commitFiles(parts, project.id, { files: fine, ref: 'refs/heads/topic' });
    const third = await startPipeline(parts, { ...project, sha: topic }, { ref: 'topic' });
    const tagged = await startPipeline(parts, project, { ref: 'v1', refType: 'tag' });
    const broken = await startPipeline(parts, { ...project, sha: bad }, { ref: 'bad' });
    expect(sha).not.toBe(topic);
    const found = async (query: string): Promise<readonly number[]> =>
      (await rest.ask('GET', at(`pipelines?sort=asc&${query}`))).json.map((each: { id: number }) => each.id);
    expect(await found('ref=main')).toEqual([first, second]);
    expect(await found('username=developer')).toEqual([first]);
    expect(await found('username=nobody')).toEqual([]);
    expect(await found('source=api')).toEqual([second]);
    expect(await found(`sha=${topic}`)).toEqual([third]);
    expect(await found('status=failed')).toEqual([broken]);
    expect(await found('scope=finished')).toEqual([broken]);
    expect(await found('scope=running&status=failed')).toEqual([]);
    expect(await found('yaml_errors=true')).toEqual([broken]);
    expect(await found('scope=tags')).toEqual([tagged]);
    expect(await found('scope=branches')).toEqual([second, third, broken]);
    expect(await found('created_after=2026-01-02T03:04:30Z')).toEqual([second, third, tagged, broken]);
    expect(await found('updated_before=2026-01-02T03:04:30Z')).toEqual([first]);
    expect((await rest.ask('GET', at('pipelines?scope=all'))).json).toEqual({
      error: 'scope does not have a valid value (allowed: running, pending, finished, branches, tags)',
    });
    expect((await rest.ask('GET', at('pipelines?updated_after=soon'))).json).toEqual({
      error: 'updated_after is invalid (it has to be an instant, as 2026-01-31T12:00:00Z)',
    });
  });

  it('shows the newest of a ref, and of the default branch', async () => {
    await startPipeline(rest.parts, project);
    const id = await startPipeline(rest.parts, project);
    expect((await rest.ask('GET', at('pipelines/latest'))).json.id).toBe(id);
    expect((await rest.ask('GET', at('pipelines/latest?ref=main'))).json.id).toBe(id);
    expect((await rest.ask('GET', at('pipelines/latest?ref=none'))).status).toBe(404);
  });

  it('tells developers, and nobody below, what variables a pipeline was given', async () => {
    const variables = [{ key: 'WHERE', value: 'eu', kind: 'env_var' }] as const;
    const id = await startPipeline(rest.parts, project, { variables });
    const asked = await rest.ask('GET', at(`pipelines/${id}/variables`), { as: 'developer' });
    expect(asked.json).toEqual([{ key: 'WHERE', value: 'eu', variable_type: 'env_var', raw: false }]);
    expect((await rest.ask('GET', at(`pipelines/${id}/variables`), { as: 'reporter' })).status).toBe(403);
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type AskOptions, type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;

const FILE = `
include: ci/base.yml
build: {extends: .base, script: make, tags: [docker], needs: []}
ship: {script: ship, rules: [{if: '$CI_COMMIT_BRANCH == "release"'}]}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  const files = { '.gitlab-ci.yml': FILE, 'ci/base.yml': '.base: {after_script: [clean]}\n' };
  project = await makeProject(rest.parts, { files });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});
const lint = (method: string, query = '', options: AskOptions = {}): Promise<Asked> =>
  rest.ask(method, `/projects/${project.id}/ci/lint${query}`, { as: 'developer', ...options });

it("checks the project's file with what it includes, and says which jobs there would be", async () => {
  const { status, json } = await lint('GET', '?include_jobs=true');
  expect([status, json.valid, json.errors]).toEqual([200, true, []]);
  expect(json.merged_yaml).toContain('after_script');
  expect(json.jobs).toEqual([
    {
      name: 'build',
      stage: 'test',
      before_script: [],
      script: ['make'],
      after_script: ['clean'],
      tag_list: ['docker'],
      environment: null,
      when: 'on_success',
      allow_failure: false,
      needs: [],
      only: null,
      except: null,
    },
  ]);
  commitFiles(rest.parts, project.id, { files: { '.gitlab-ci.yml': FILE }, ref: 'refs/heads/release' });
  const release = await lint('GET', `?include_jobs=true&content_ref=${project.sha}&dry_run_ref=release`);
  expect(release.json.jobs.map(({ name }: { name: string }) => name)).toEqual(['build', 'ship']);
  expect((await lint('GET', '?content_ref=none')).status).toBe(404);
});

it('says where a text is wrong, with what it includes from the project', async () => {
  const content = 'include: ci/base.yml\nbuild:\n  extends: .base\n  script: make\n  retry: 7\n';
  const { status, json } = await lint('POST', '', { body: { content } });
  expect([status, json.valid]).toEqual([200, false]);
  expect(json.problems).toMatchObject([{ severity: 'error', file: '.gitlab-ci.yml', line: 5 }]);
  expect(json.errors[0]).toMatch(/^\.gitlab-ci\.yml:5:/);
  expect((await lint('POST', '', { body: {} })).json).toEqual({ error: 'content is missing' });
  expect((await lint('POST', '', { body: { content }, as: 'reporter' })).status).toBe(403);
});

it('counts it as an error that no pipeline would come of it when that is asked', async () => {
  const content = 'a: {script: x, rules: [{when: never}]}\n';
  expect((await lint('POST', '', { body: { content } })).json.valid).toBe(true);
  const { json } = await lint('POST', '', { body: { content, dry_run: true } });
  expect([json.valid, json.errors]).toEqual([false, ['no job was added']]);
});

it('looks at a text without a project, too, and in a project without a commit', async () => {
  const content = 'a: {script: x}\n';
  const alone = await rest.ask('POST', '/ci/lint', { as: 'guest', body: { content, include_jobs: true } });
  expect([alone.status, alone.json.valid, alone.json.jobs.length]).toEqual([200, true, 1]);
  expect((await rest.ask('POST', '/ci/lint', { as: 'nobody', body: { content } })).status).toBe(401);
  const wrong = await rest.ask('POST', '/ci/lint', { body: { content: 'a: {script: [x]' } });
  expect(wrong.json.problems[0]).toMatchObject({ severity: 'error', line: expect.any(Number) });
});

it('tells nobody what a file comes to on a protected ref who may not run it there', async () => {
  await rest.parts.store.write(({ query }) =>
    query
      .insertInto('protected_refs')
      .values({ project_id: project.id, kind: 'branch', pattern: 'main', push_role: 40, merge_role: 40 })
      .execute(),
  );
  const body = { content: 'a: {script: x, tags: [$SECRET]}\n', include_jobs: true };
  expect((await lint('POST', '', { body })).status).toBe(403);
  expect((await lint('POST', '', { body, as: 'maintainer' })).status).toBe(200);
});

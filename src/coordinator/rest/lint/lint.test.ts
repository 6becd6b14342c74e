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
      reason: 'it has no rules',
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

it('says what a file asks of whoever runs it, and what would run with what they give', async () => {
  const content = `
spec: {inputs: {where: {description: To which, options: [eu, us]}, times: {type: number, default: 2}}}
---
variables: {LEVEL: {value: low, description: How much, options: [low, high]}, QUIET: {value: x}}
deploy-$[[ inputs.where ]]: {script: x, rules: [{if: '$LEVEL == "high" && $CI_PIPELINE_SOURCE == "web"'}]}
other: {script: x}
`;
  const asked = await lint('POST', '', { body: { content, include_jobs: true } });
  expect([asked.json.valid, asked.json.errors[0]]).toEqual([false, expect.stringContaining('"where" is required')]);
  expect(asked.json.inputs).toEqual([
    { name: 'where', type: 'string', description: 'To which', required: true, default: null, options: ['eu', 'us'] },
    { name: 'times', type: 'number', description: null, required: false, default: 2, options: null },
  ]);
  const given = { content, include_jobs: true, inputs: { where: 'eu' } };
  const low = await lint('POST', '', { body: given });
  expect(low.json.variables).toEqual([
    { key: 'LEVEL', value: 'low', description: 'How much', options: ['low', 'high'] },
  ]);
  expect(low.json.jobs.map(({ name }: { name: string }) => name)).toEqual(['other']);
  expect(low.json.excluded).toEqual([{ name: 'deploy-eu', stage: 'test', reason: 'no rule matched' }]);
  const high = { ...given, variables: [{ key: 'LEVEL', value: 'high' }], source: 'web' };
  expect((await lint('POST', '', { body: high })).json.jobs[0]).toMatchObject({
    name: 'deploy-eu',
    reason: expect.stringMatching(/^rule 1: /),
  });
});

it('reads the file itself where no text is given, and lets rules see another ref', async () => {
  commitFiles(rest.parts, project.id, { files: { '.gitlab-ci.yml': FILE }, ref: 'refs/heads/release' });
  const body = { content_ref: 'main', dry_run_ref: 'release', include_jobs: true };
  const { json } = await lint('POST', '', { body });
  expect(json.jobs.map(({ name }: { name: string }) => name)).toEqual(['build', 'ship']);
  const wrong = await lint('POST', '', { body: { ...body, dry_run_ref: 'none' } });
  expect([wrong.status, wrong.json.error]).toEqual([400, expect.stringMatching(/^dry_run_ref /)]);
});

it('gives editors the schema of the file', async () => {
  const { status, json } = await rest.ask('GET', '/ci/schema', { as: 'nobody' });
  expect([status, json.type, Object.keys(json.definitions)]).toEqual([200, 'object', expect.arrayContaining(['job'])]);
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

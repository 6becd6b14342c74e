import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { putVariable } from '../../testing/put-variable.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type OpenedRest, openRest } from '../testing/open-rest.ts';

const FILE = `
variables: {EVERYWHERE: all, REPLACED: of the root, TAKEN: by the project, GIVEN: by the pipeline}
test:
  script: make
  environment: review
  variables: {OWN: 'a $EVERYWHERE', REPLACED: of the job, GITLAB_USER_LOGIN: nobody, CI_ENVIRONMENT_NAME: none}
by hand: {script: make, when: manual, variables: {OWN: written}}
`;

let rest: OpenedRest;
let project: TestProject;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

async function start(): Promise<(name: string) => number> {
  const variables = [{ key: 'GIVEN', value: 'a secret of the pipeline', kind: 'env_var' }] as const;
  const pipeline = await startPipeline(rest.parts, project, { userId: 30, variables });
  const jobs = await jobsOf(rest.parts, pipeline);
  return (name) => jobs.find((job) => job.name === name)?.id ?? 0;
}
const asked = async (id: number, as?: 'reporter'): Promise<Asked> =>
  await rest.ask('GET', `/projects/${project.id}/jobs/${id}/variables`, as === undefined ? {} : { as });

it('says where each is from, and what is written in the file alone: no value of anything else', async () => {
  const put = (key: string, changes = {}) =>
    putVariable(rest.parts, project.id, { key, value: 'a secret of the project', ...changes });
  await put('TAKEN');
  await put('OF_REVIEW', { environmentScope: 'review' });
  await put('OF_PRODUCTION', { environmentScope: 'production' });
  await put('ON_PROTECTED_REFS', { isProtected: true });
  const { status, json, text } = await asked((await start())('test'));
  expect(status).toBe(200);
  expect(json).toEqual([
    { key: 'CI_ENVIRONMENT_NAME', source: 'predefined', value: null },
    { key: 'EVERYWHERE', source: 'ci_file', value: 'all' },
    { key: 'GITLAB_USER_LOGIN', source: 'predefined', value: null },
    { key: 'GIVEN', source: 'pipeline', value: null },
    { key: 'OF_REVIEW', source: 'project', value: null },
    { key: 'OWN', source: 'job', value: 'a $EVERYWHERE' },
    { key: 'REPLACED', source: 'job', value: 'of the job' },
    { key: 'TAKEN', source: 'project', value: null },
  ]);
  expect(text).not.toContain('secret');
});

it('tells what a job was given when it was started by hand from what its pipeline was', async () => {
  const id = (await start())('by hand');
  const body = { job_variables_attributes: [{ key: 'OWN', value: 'a secret of a hand' }] };
  expect((await rest.ask('POST', `/projects/${project.id}/jobs/${id}/play`, { body })).status).toBe(200);
  const { json, text } = await asked(id);
  expect(json).toContainEqual({ key: 'OWN', source: 'play', value: null });
  expect(json).toContainEqual({ key: 'GIVEN', source: 'pipeline', value: null });
  expect(text).not.toContain('secret');
});

it('tells developers alone, and knows no job of another project', async () => {
  const id = (await start())('test');
  expect((await asked(id, 'reporter')).status).toBe(403);
  const other = await makeProject(rest.parts, { path: 'other', files: { '.gitlab-ci.yml': FILE } });
  const [elsewhere] = await jobsOf(rest.parts, await startPipeline(rest.parts, other, { userId: 30 }));
  expect((await asked(elsewhere?.id ?? 0)).status).toBe(404);
  expect((await rest.ask('GET', `/projects/${other.id}/jobs/${elsewhere?.id}/variables`)).status).toBe(200);
});

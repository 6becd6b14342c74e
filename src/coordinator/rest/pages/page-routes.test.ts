import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProject } from '../../testing/make-project.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;

beforeEach(async () => {
  rest = await openRest(restRoutes);
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

it('tells in plain text how pipelines and jobs stand, under the addresses that answers and pushes name', async () => {
  const file = 'build: {script: make, after_script: clean}\n';
  const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': file } });
  const id = await startPipeline(rest.parts, project);
  const jobId = (await jobsOf(rest.parts, id))[0]?.id;
  const page = async (path: string) => (await rest.askPath('GET', `/group/shop/-/${path}`)).text;
  const { json } = await rest.ask('GET', `/projects/${project.id}/jobs/${jobId}`);
  expect(new URL(json.web_url).pathname).toBe(`/group/shop/-/jobs/${jobId}`);
  expect(await page('pipelines')).toContain(`pending    main  http://ci.example/group/shop/-/pipelines/${id}\n`);
  expect(await page(`jobs/${jobId}`)).toContain('waits: no runner that takes jobs of this project is online\n');
  expect(await page(`pipelines/${id}`)).toContain('waits: no runner that takes jobs of this project is online\n');
  await (await takeJob(rest.parts)).report({ type: 'script_started' });
  await rest.ask('POST', `/projects/${project.id}/jobs/${jobId}/cancel`, { as: 'developer' });
  const [ofPipeline, ofJob] = [await page(`pipelines/${id}?x=/-/jobs/1`), await page(`jobs/${jobId}`)];
  expect(ofPipeline).toContain(`pipeline ${id} of group/shop: `);
  expect(ofPipeline).toContain(`canceling  build  http://ci.example/group/shop/-/jobs/${jobId}\n`);
  expect(ofPipeline).toContain(`http://ci.example/api/v4/projects/group%2Fshop/pipelines/${id}\n`);
  expect(ofJob).toContain(`job ${jobId} of group/shop, build: canceling (teardown)\n`);
  expect(ofJob).toMatch(/teardown: canceled, asked for by developer, until \S+ at most\ncleanup: owed\n/);
  expect(ofJob).toContain(`/jobs/${jobId}/trace\n`);
});

it('shows them to nobody who may not see the project', async () => {
  const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: x}\n' } });
  const id = await startPipeline(rest.parts, project);
  const answer = await rest.askPath('GET', `/group/shop/-/pipelines/${id}`, { as: 'nobody' });
  expect([answer.status, answer.json]).toEqual([404, { message: '404 Project Not Found' }]);
});

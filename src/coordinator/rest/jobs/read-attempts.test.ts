import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, {
    files: { '.gitlab-ci.yml': 'test: {script: make}\nother: {script: make, stage: deploy}\n' },
  });
  await startPipeline(rest.parts, project, { userId: 30 });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

const attempts = async (id: number) => (await rest.ask('GET', `/projects/${project.id}/jobs/${id}/attempts`)).json;

it('shows a job that waits without a hand-out, and one that runs with the one that has it', async () => {
  const taken = await takeJob(rest.parts);
  expect(await attempts(taken.jobId)).toMatchObject([
    {
      id: taken.jobId,
      status: 'running',
      retried: false,
      attempts: [{ attempt: 1, kind: 'job', runner: { id: 1 }, ended_at: null }],
    },
  ]);
});

it('shows a job and its retry, the newest first, from whichever of them is asked', async () => {
  const first = await takeJob(rest.parts);
  await first.finish(1);
  const { status, json: retry } = await rest.ask('POST', `/projects/${project.id}/jobs/${first.jobId}/retry`);
  expect(status).toBe(201);
  const shown = await attempts(first.jobId);
  expect(shown).toMatchObject([
    { id: retry.id, status: 'pending', retried: false, attempts: [], cleanup: null },
    { id: first.jobId, status: 'failed', retried: true, attempts: [{ attempt: 1, ended_at: expect.any(String) }] },
  ]);
  expect(await attempts(retry.id)).toEqual(shown);
});

it('knows no job of another project', async () => {
  expect((await rest.ask('GET', `/projects/${project.id}/jobs/999/attempts`)).status).toBe(404);
});

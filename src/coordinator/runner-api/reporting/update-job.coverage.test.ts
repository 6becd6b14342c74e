import { afterEach, beforeEach, expect, it } from 'vitest';
import { findLog } from '../../../store/index.ts';
import { sealingSweep } from '../../logs/index.ts';
import { cancelJob } from '../../pipelines/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type ServedAll, serveAll } from '../../testing/serve-all.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../../testing/take-job.ts';

const FILE = `
.covered: {script: x, coverage: '/Lines: (\\d+\\.?\\d*)%/'}
a: {extends: .covered}
b: {extends: .covered}
c: {extends: .covered, coverage: '/never/'}
`;

let all: ServedAll;
let project: TestProject;
let pipeline: number;

beforeEach(async () => {
  all = await serveAll();
  project = await makeProject(all.parts, { path: 'covered', files: { '.gitlab-ci.yml': FILE } });
  pipeline = await startPipeline(all.parts, project);
});
afterEach(() => all.close());

async function take(log: string): Promise<TakenJob> {
  const job = await takeJob(all.parts);
  const answer = await all.app.inject({
    method: 'PATCH',
    url: `/api/v4/jobs/${job.jobId}/trace`,
    headers: { 'job-token': job.token, 'content-type': 'text/plain', 'content-range': `0-${log.length - 1}` },
    payload: log,
  });
  expect(answer.statusCode).toBe(202);
  return job;
}

async function end({ jobId, token }: TakenJob): Promise<void> {
  const answer = await all.ask('PUT', `/api/v4/jobs/${jobId}`, { as: 'nobody', body: { token, state: 'success' } });
  expect(answer.status).toBe(200);
}

const shown = async (path: string) =>
  (await all.ask('GET', `/api/v4/projects/${project.id}/${path}`, { as: 'administrator' })).json.coverage;

it('is in the log of a job when it ends, and of a pipeline the mean', async () => {
  const [a, b, c] = [
    await take('Lines: 12%\nLines: \u001b[32m80.5%\u001b[0m\n'),
    await take('Lines: 090%\n'),
    await take('Lines: 50%'),
  ];
  expect(await shown(`jobs/${a.jobId}`)).toBeNull();
  for (const job of [a, b, c]) await end(job);
  expect(await shown(`jobs/${a.jobId}`)).toBe(80.5);
  expect(await shown(`jobs/${b.jobId}`)).toBe(90);
  expect(await shown(`jobs/${c.jobId}`)).toBeNull();
  expect(await shown(`pipelines/${pipeline}`)).toBe('85.25');
});

it('is found too when the runner does not say how the job ended', async () => {
  const job = await take('Lines: 7%\n');
  await cancelJob(all.parts, job.jobId, { force: true, by: { id: null, name: 'ann' } });
  expect(await shown(`jobs/${job.jobId}`)).toBeNull();
  await sealingSweep.run(all.parts, new AbortController().signal);
  expect(await shown(`jobs/${job.jobId}`)).toBe(7);
});

it('is looked for once in a log that does not grow any more, found or not', async () => {
  const jobs = [await take('Lines: 12%\n'), await take('Lines: none\n')];
  const isSearched = async ({ jobId }: TakenJob) =>
    (await all.parts.store.read((db) => findLog(db, jobId)))?.isSearched;
  expect(await Promise.all(jobs.map(isSearched))).toEqual([false, false]);
  for (const job of jobs) await end(job);
  expect(await Promise.all(jobs.map(isSearched))).toEqual([true, true]);
  // What it has now would be found by who looks again.
  for (const { jobId } of jobs) {
    await all.parts.store.write(({ query }) =>
      query.updateTable('jobs').set({ coverage: null }).where('id', '=', jobId).execute(),
    );
  }
  await sealingSweep.run(all.parts, new AbortController().signal);
  for (const { jobId } of jobs) expect(await shown(`jobs/${jobId}`)).toBeNull();
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../index.ts';
import { type RunnerServer, serveRunners } from '../testing/serve-runners.ts';
import { addRunner, type TakenJob, type TestRunner } from '../testing/test-runner.ts';

let parts: OpenedParts;
let server: RunnerServer;
let runner: TestRunner;
let job: TakenJob;

beforeEach(async () => {
  parts = await openParts();
  server = await serveRunners(parts, () => runnerProtocolRoutes(parts, { ...DEFAULT_LIMITS, maxArtifactBytes: 1_000 }));
  runner = await addRunner(parts, server);
  await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: x}\n' } }));
  job = (await runner.poll()).json;
});

afterEach(async () => {
  await server.close();
  await parts.close();
});

it('says beforehand whether an artifact is too large, and takes none that is', async () => {
  const ask = (token: string, query = '', json: unknown = null) =>
    server.request('POST', `/api/v4/jobs/${job.id}/artifacts/authorize${query}`, {
      headers: { 'job-token': token },
      json,
    });
  expect(await ask(job.token)).toMatchObject({ status: 200, json: { MaximumSize: 1_000 } });
  expect((await ask(job.token, '?filesize=1000')).status).toBe(200);
  expect((await ask(job.token, '?filesize=1001')).status).toBe(413);
  expect((await ask(job.token, '', { filesize: 1001 })).status).toBe(413);
  expect((await ask('', '', { token: job.token, filesize: '1001' })).status).toBe(413);
  expect((await ask('wrong')).status).toBe(403);
  const form = new FormData();
  form.append('file', new Blob(['x'.repeat(1_001)]), 'artifacts.zip');
  const sent = { body: form, headers: { 'job-token': job.token } };
  expect((await server.request('POST', `/api/v4/jobs/${job.id}/artifacts`, sent)).status).toBe(413);
  await runner.put(job, { state: 'success' });
  expect((await ask(job.token)).status).toBe(403);
});

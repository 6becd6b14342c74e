import { afterEach, beforeEach, expect, it } from 'vitest';
import { findArtifact } from '../../../store/index.ts';
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

it('reads what an artifact is from the query, and else from the form, wherever it stands there', async () => {
  const send = async (
    query: string,
    before: Readonly<Record<string, string>>,
    after: typeof before,
    content = 'A=1',
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(before)) form.append(name, value);
    form.append('file', new Blob([content]), 'a');
    for (const [name, value] of Object.entries(after)) form.append(name, value);
    const sent = { body: form, headers: { 'job-token': job.token } };
    return (await server.request('POST', `/api/v4/jobs/${job.id}/artifacts${query}`, sent)).status;
  };
  const of = (type: string) => parts.store.read((db) => findArtifact(db, job.id, type));
  expect(await send('', {}, { artifact_format: 'raw', artifact_type: 'junit', expire_in: '1 day' })).toBe(201);
  expect(await of('junit')).toMatchObject({ format: 'raw', expiresAt: parts.clock.now() + 86_400_000 });
  expect(await send('', { artifact_format: 'raw', artifact_type: 'dotenv' }, {})).toBe(201);
  expect(await of('dotenv')).not.toBeNull();
  expect(await send('?artifact_type=sast', { artifact_type: 'other' }, {})).toBe(201);
  expect([await of('sast'), await of('other')]).toMatchObject([{ format: 'zip' }, null]);
  const before = (await parts.blobs.list('artifacts/')).blobs.length;
  expect(await send('', {}, { artifact_type: 'Bad-Type' })).toBe(400);
  expect(await send('', {}, { artifact_format: 'tarball' })).toBe(400);
  expect(await send('', {}, { artifact_type: 'dotenv', artifact_format: 'raw' }, 'no variable')).toBe(400);
  expect((await parts.blobs.list('artifacts/')).blobs.length).toBe(before);
});

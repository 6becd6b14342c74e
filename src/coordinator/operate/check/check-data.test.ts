import { utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeKey } from '../../../blobs/index.ts';
import { insertArtifact } from '../../../store/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { listOwed } from '../list-owed.ts';
import { checkData } from './check-data.ts';

let parts: OpenedParts;
let project: TestProject;
const options = () => ({ dataDir: parts.dataDir, databaseUrl: null, s3: null, clock: parts.clock });
const problems = (): Promise<readonly string[]> => all(checkData(parts.store, options()));

beforeEach(async () => {
  parts = await openParts();
  project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: make, after_script: clean}\n' } });
});
afterEach(async () => {
  await parts.close();
});

async function runJob(): Promise<number> {
  await startPipeline(parts, project);
  const job = await takeJob(parts);
  await job.report({ type: 'script_started' });
  return job.jobId;
}

it('finds nothing wrong with what the coordinator itself has made', async () => {
  await runJob();
  await startPipeline(parts, project);
  expect(await problems()).toEqual([]);
});

it('names the job whose row in the queue is gone, and one that is about no job', async () => {
  const id = await startPipeline(parts, project);
  const [job] = await jobsOf(parts, id);
  await parts.store.write((tx) => tx.query.updateTable('queue').set({ job_id: 4711 }).execute());
  expect(await problems()).toEqual([
    expect.stringMatching(`^job ${job?.id}: its place in the queue is null, and should be \\{"kind":"job"`),
    '1 rows of queue are about jobs that are no more',
  ]);
});

it('names an artifact without its bytes, and bytes that belong to nothing', async () => {
  const jobId = await runJob();
  const blob = makeKey('artifacts', jobId, '1-archive.zip');
  await parts.store.write((tx) =>
    insertArtifact(tx, {
      jobId,
      projectId: project.id,
      type: 'archive',
      format: 'zip',
      filename: 'a.zip',
      sizeBytes: 1,
      sha256: '',
      blob,
      access: 'all',
      expiresAt: null,
    }),
  );
  const stray = makeKey('artifacts', 9, '1-archive.zip');
  const path = join(parts.dataDir, 'blobs', stray);
  await mkdir(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  const longAgo = parts.clock.now() / 1000 - 86_400;
  utimesSync(path, longAgo, longAgo);
  expect(await problems()).toEqual([
    expect.stringContaining(`of job ${jobId}: its blob ${blob} is not there`),
    `blob ${stray} belongs to nothing`,
  ]);
});

it('lists what is owed', async () => {
  const jobId = await runJob();
  expect(await all(listOwed(parts.store))).toEqual([{ jobId, state: 'open', project: 'group/shop', name: 'a' }]);
});

async function all<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findArtifact, listJobReports } from '../../store/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';
import { type ArtifactWords, storeArtifact } from './store-artifact.ts';

let parts: OpenedParts;
let job: TakenJob;

beforeEach(async () => {
  parts = await openParts();
  await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: x}\n' } }));
  job = await takeJob(parts);
});
afterEach(() => parts.close());

async function send(content: string | Uint8Array, words: Partial<ArtifactWords> = {}): Promise<void> {
  const whole = { type: 'archive', format: 'raw', expireIn: null, maxBytes: 1_000, access: 'all', ...words } as const;
  const body = Readable.from([Buffer.from(content)]);
  await storeArtifact(parts, await job.attemptRecord(), whole, {
    filename: 'a/b.zip',
    body,
    fields: async () => ({}),
  });
}

const kept = () => parts.store.read((db) => findArtifact(db, job.jobId, 'archive'));
const blobs = async () => (await parts.blobs.list('artifacts/')).blobs.length;

it('keeps what came first, takes the same again, and refuses another of its type without touching it', async () => {
  await send('first');
  await send('first');
  await expect(send('second')).rejects.toMatchObject({ status: 400 });
  const artifact = await kept();
  expect(artifact).toMatchObject({ filename: 'a_b.zip', sizeBytes: 5 });
  expect(await text((await parts.blobs.open(artifact?.blob ?? '')).body)).toBe('first');
  expect(await blobs()).toBe(1);
});

it('takes nothing once the attempt is over, and nothing that is too large', async () => {
  await expect(send('x'.repeat(1_001))).rejects.toMatchObject({ code: 'blob_too_large' });
  await job.finish();
  await expect(send('late')).rejects.toMatchObject({ status: 403 });
  expect([await kept(), await blobs()]).toEqual([null, 0]);
});

it('reads variables from a dotenv report, and refuses one that is none, or a bomb', async () => {
  const dotenv = { type: 'dotenv', format: 'gzip' } as const;
  await expect(send(gzipSync('no variable'), dotenv)).rejects.toMatchObject({ status: 400 });
  await expect(send(gzipSync('A='.padEnd(1_000_000, 'x')), { ...dotenv, maxBytes: 10_000 })).rejects.toThrow();
  await send(gzipSync('A=1\n'), dotenv);
  const [report] = await parts.store.read((db) => listJobReports(db, [job.jobId], 'dotenv'));
  expect(report?.variables).toEqual([{ key: 'A', value: '1' }]);
});

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeZip } from '../../../test/support/zips.ts';
import type { BlobStore } from '../../blobs/index.ts';
import { findArtifact } from '../../store/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';
import { indexOfArchive } from './archive-index.ts';
import { upload } from './testing/upload.ts';

const FILE = 'many: {script: x, artifacts: {paths: [a]}}\nfew: {script: x, artifacts: {paths: [a]}}\n';

let all: ServedAll;
let many: TakenJob;
let few: TakenJob;
let content: Buffer;

beforeAll(async () => {
  all = await serveAll();
  const project = await makeProject(all.parts, { path: 'kept', files: { '.gitlab-ci.yml': FILE } });
  await startPipeline(all.parts, project);
  [many, few] = [await takeJob(all.parts), await takeJob(all.parts)];
  const files = Array.from({ length: 1_200 }, (_, at) => ({ path: `d/${at}`, content: String(at) }));
  content = await makeZip([...files, { path: 'large', content: randomBytes(256 * 1024) }]);
  const one = await makeZip([
    { path: 'd/7', content: '7' },
    { path: 'large', content: randomBytes(256 * 1024) },
  ]);
  for (const [job, sent] of [
    [many, content],
    [few, one],
  ] as const) {
    expect(await upload(all, { jobId: job.jobId, token: job.token, content: sent })).toMatchObject({ status: 201 });
  }
});
afterAll(() => all.close());

async function read({ jobId }: TakenJob, path: string): Promise<string> {
  const { projectId } = (await all.parts.store.read((db) => findArtifact(db, jobId, 'archive'))) ?? {};
  const url = `/api/v4/projects/${projectId}/jobs/${jobId}/artifacts/${path}`;
  const { status, text } = await all.ask('GET', url, { as: 'administrator' });
  return status === 200 ? text : String(status);
}

const blobOf = async ({ jobId }: TakenJob) =>
  (await all.parts.store.read((db) => findArtifact(db, jobId, 'archive')))?.blob ?? '';
const put = async (key: string, bytes: Uint8Array) =>
  await all.parts.blobs.put(key, Readable.from([bytes]), { maxBytes: 10_000_000 });
const keys = async () => (await all.parts.blobs.list('artifacts/')).blobs.map(({ key }) => key);

it('lists folders of an archive, page by page, and no others', async () => {
  const list = async (query: string) => JSON.parse(await read(few, `tree?${query}`)) as unknown;
  const large = { name: 'large', path: 'large', type: 'file', size: 256 * 1024 };
  expect(await list('')).toEqual([{ name: 'd', path: 'd', type: 'directory', size: 0 }, large]);
  expect(await list('per_page=1&page=2')).toEqual([large]);
  expect(await list('path=d/')).toEqual([{ name: '7', path: 'd/7', type: 'file', size: 1 }]);
  expect(await list('path=d&page=99')).toEqual([]);
  for (const none of ['nowhere', 'large', '..', '../../etc', 'd//x', '\u0000', 'd/7'])
    expect(await read(few, `tree?path=${encodeURIComponent(none)}`)).toBe('404');
});

it('reads the directory of an archive with many files once, when the first of them is asked for', async () => {
  const blob = await blobOf(many);
  expect(await keys()).toHaveLength(2);
  expect(await read(many, 'd/7')).toBe('7');
  expect(await keys()).toContain(`${blob}.index`);
  // Without a directory of its own.
  await put(blob, content.subarray(0, -100));
  expect([await read(many, 'd/1199'), await read(many, 'd/1200')]).toEqual(['1199', '404']);
  await put(`${blob}.index`, Buffer.from('no index'));
  expect(await read(many, 'd/7')).toBe('400');
  await put(blob, content);
  expect(await read(many, 'd/8')).toBe('8');
  await put(blob, content.subarray(0, -100));
  expect(await read(many, 'd/9')).toBe('9');
});

it('keeps no index for who has gone meanwhile', async () => {
  const [blob, other] = [await blobOf(many), new AbortController()];
  await put(blob, content);
  await all.parts.blobs.delete(`${blob}.index`);
  const blobs: BlobStore = {
    ...all.parts.blobs,
    put: async (...given) => {
      other.abort();
      return await all.parts.blobs.put(...given);
    },
  };
  const artifact = { blob, sizeBytes: content.length };
  await expect(indexOfArchive({ ...all.parts, blobs }, artifact, other.signal)).rejects.toMatchObject({
    code: 'canceled',
  });
  expect(await keys()).not.toContain(`${blob}.index`);
});

it('keeps nothing beside an archive with few, and leaves nothing when they go', async () => {
  expect(await read(few, 'd/7')).toBe('7');
  expect(await keys()).toEqual(expect.not.arrayContaining([`${await blobOf(few)}.index`]));
  const { projectId } = (await all.parts.store.read((db) => findArtifact(db, many.jobId, 'archive'))) ?? {};
  for (const job of [many, few]) {
    await job.finish();
    const url = `/api/v4/projects/${projectId}/jobs/${job.jobId}/artifacts`;
    expect((await all.ask('DELETE', url, { as: 'administrator' })).status).toBe(204);
  }
  expect(await keys()).toEqual([]);
  expect(all.parts.complaints).toEqual([]);
});

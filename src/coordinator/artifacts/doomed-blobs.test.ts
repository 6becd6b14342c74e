import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useS3Server } from '../../../test/support/s3/use-s3-server.ts';
import { Failure } from '../../base/index.ts';
import { type BlobStore, openDiskStore, openS3Store } from '../../blobs/index.ts';
import { deleteArtifacts, findArtifact } from '../../store/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';
import { doomedBlobsSweep, keyOfIndex } from './doomed-blobs.ts';
import { storeArtifact } from './store-artifact.ts';

const HOUR_MS = 3_600_000;
const FILE = 'a: {script: x, artifacts: {paths: [a]}}\n';
const gone = () => Promise.reject(new Failure('store_unavailable', 'gone'));

const s3 = useS3Server();
const stores: Readonly<Record<string, () => Promise<BlobStore>>> = {
  'a disk': async () => openDiskStore({ root: join(parts.dataDir, 'blobs') }),
  S3: () => openS3Store(s3.settings()),
};

let parts: OpenedParts;
let job: TakenJob;
let blobs: BlobStore;

beforeEach(async () => {
  parts = await openParts();
  await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } }));
  job = await takeJob(parts);
});
afterEach(async () => {
  blobs.close();
  await parts.close();
});

const words = { type: 'archive', format: 'zip', expireIn: null, maxBytes: 10, access: 'all' } as const;

/** @param beforeTheRow what happens between the bytes and their row. */
async function send(beforeTheRow: () => void = () => {}): Promise<void> {
  const fields = async () => {
    beforeTheRow();
    return {};
  };
  const body = Readable.from([Buffer.from('x')]);
  await storeArtifact({ ...parts, blobs }, await job.attemptRecord(), words, { filename: 'a.zip', body, fields });
}

const keys = async () => (await blobs.list('')).blobs.map(({ key }) => key);
const sweep = (over: Partial<BlobStore> = {}) =>
  doomedBlobsSweep().run({ ...parts, blobs: { ...blobs, ...over } }, new AbortController().signal);

describe.each(Object.keys(stores))('on %s', (where) => {
  beforeEach(async () => {
    const opened = await stores[where]?.();
    if (opened === undefined) throw new Error('no such store');
    blobs = opened;
  });

  it('bytes that their server died before naming go an hour after their attempt, and not while it may name them', async () => {
    const { delete: remove } = blobs;
    const { write } = parts.store;
    const dying = send(() => {
      blobs.delete = gone;
      parts.store.write = gone;
    });
    await expect(dying).rejects.toMatchObject({ code: 'store_unavailable' });
    blobs.delete = remove;
    parts.store.write = write;
    const [orphan] = await keys();
    await send();
    const named = (await parts.store.read((db) => findArtifact(db, job.jobId, 'archive')))?.blob;
    const both = [orphan, named].toSorted();
    const left = [];
    for (const pass of [() => {}, () => job.finish(), () => parts.clock.pass(HOUR_MS + 1)]) {
      await pass();
      await sweep();
      left.push((await keys()).toSorted());
    }
    expect(left).toEqual([both, both, [named]]);
  });

  it('bytes whose row went go, with their index, as soon as they can be removed', async () => {
    await send();
    const { blob } = (await parts.store.read((db) => findArtifact(db, job.jobId, 'archive'))) ?? { blob: '' };
    await blobs.put(keyOfIndex(blob), Readable.from([Buffer.from('x')]), { maxBytes: 1 });
    await parts.store.write((tx) => deleteArtifacts(tx, job.jobId));
    await sweep({ delete: gone });
    const said = [expect.stringMatching(/left to a sweep .*gone/)];
    const left = async () => (await keys()).filter((key) => key.startsWith(blob));
    expect([await left(), parts.complaints]).toEqual([[blob, keyOfIndex(blob)], said]);
    await sweep();
    expect([await left(), parts.complaints]).toEqual([[], said]);
  });
});

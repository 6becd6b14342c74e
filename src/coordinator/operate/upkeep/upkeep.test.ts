import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useS3Server } from '../../../../test/support/s3/use-s3-server.ts';
import { type BlobStore, logKeys, makeKey, openDiskStore, openS3Store } from '../../../blobs/index.ts';
import { deleteProject, insertArtifact, setJobErased } from '../../../store/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { OWNER } from './blobs-owner.ts';
import { orphansSweep } from './orphans-sweep.ts';
import { repositoriesSweep } from './repositories-sweep.ts';
import { strayBlobsSweep } from './stray-blobs-sweep.ts';

const DAY_MS = 24 * 3_600_000;
const never = new AbortController().signal;

let parts: OpenedParts;
let project: TestProject;

beforeEach(async () => {
  parts = await openParts();
  project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
});
afterEach(() => parts.close());

/** Blobs and files are as old as the system says: the test's clock is brought to its time, and further. */
function passSinceNow(ms: number): void {
  parts.clock.pass(Date.now() + ms - parts.clock.now());
}

describe('blobs that no row names', () => {
  const s3 = useS3Server();
  const stores: Readonly<Record<string, () => Promise<BlobStore>>> = {
    'a disk': async () => openDiskStore({ root: join(parts.dataDir, 'blobs') }),
    S3: () => openS3Store(s3.settings()),
  };

  it.each(Object.keys(stores))(
    'are removed from %s after a day if their job was erased, and no other',
    async (where) => {
      const blobs = await stores[where]?.();
      if (blobs === undefined) throw new Error('no such store');
      await startPipeline(parts, project);
      const { jobId } = await takeJob(parts);
      const named = makeKey('artifacts', jobId, 'a.zip');
      const artifact = { jobId, projectId: project.id, type: 'archive', format: 'zip', filename: 'a.zip' } as const;
      const rest = { sizeBytes: 1, sha256: '', blob: named, access: 'all', expiresAt: null } as const;
      await parts.store.write((tx) => insertArtifact(tx, { ...artifact, ...rest }));
      const ofNoRow = [makeKey('artifacts', jobId, 'b.zip'), logKeys(jobId).log, logKeys(jobId).index];
      // As they look to a database that is another one than the store's, or older.
      const ofNobody = [makeKey('artifacts', 4711, 'a.zip'), logKeys(4711).log];
      const keys = [named, ...ofNoRow, ...ofNobody].toSorted();
      for (const key of keys) await blobs.put(key, Readable.from([Buffer.from('x')]), { maxBytes: 1 });
      const left = async () => (await blobs.list('')).blobs.map(({ key }) => key).filter((key) => key !== OWNER);
      const sweep = () => strayBlobsSweep().run({ ...parts, blobs }, never);
      passSinceNow(DAY_MS / 2);
      await sweep();
      expect([await left(), parts.complaints]).toEqual([keys, []]);
      passSinceNow(DAY_MS * 2);
      await sweep();
      expect([await left(), parts.complaints]).toEqual([keys, [expect.stringMatching(/belong to nothing.*"blobs":5/)]]);
      await parts.store.write((tx) => setJobErased(tx, jobId, 1));
      await sweep();
      expect(await left()).toEqual([named, ...ofNobody].toSorted());
      expect(parts.complaints.at(-1)).toMatch(/belong to nothing.*"blobs":2/);
      blobs.close();
    },
  );

  it.each(Object.keys(stores))('stay on %s when they are those of another database', async (where) => {
    const blobs = await stores[where]?.();
    if (blobs === undefined) throw new Error('no such store');
    const other = await openParts();
    await strayBlobsSweep().run({ ...other, blobs }, never);
    await other.close();
    await startPipeline(parts, project);
    const { jobId } = await takeJob(parts);
    await parts.store.write((tx) => setJobErased(tx, jobId, 1));
    const key = makeKey('artifacts', jobId, 'a.zip');
    await blobs.put(key, Readable.from([Buffer.from('x')]), { maxBytes: 1 });
    passSinceNow(DAY_MS * 2);
    await strayBlobsSweep().run({ ...parts, blobs }, never);
    expect(await blobs.stat(key)).not.toBeNull();
    expect(parts.complaints).toEqual([expect.stringContaining('those of another database: none is removed')]);
    blobs.close();
  });
});

describe('repositories', () => {
  it('are packed by git, and freed of what a crash left', async () => {
    const { gitDir } = parts.repositories.at(project.id);
    const lock = join(gitDir, 'config.lock');
    writeFileSync(lock, '');
    const longAgo = parts.clock.now() / 1000 - 86_400;
    utimesSync(lock, longAgo, longAgo);
    await repositoriesSweep().run(parts, never);
    expect(existsSync(lock)).toBe(false);
    expect(parts.complaints).toEqual([]);
  });

  it('are gone through one after the other, and one that is broken keeps no other from its turn', async () => {
    const other = await makeProject(parts, { path: 'other', files: { a: '1' } });
    execFileSync('rm', ['-rf', join(parts.repositories.at(project.id).gitDir, 'HEAD')]);
    const lock = join(parts.repositories.at(other.id).gitDir, 'packed-refs.lock');
    writeFileSync(lock, '');
    const longAgo = parts.clock.now() / 1000 - 86_400;
    utimesSync(lock, longAgo, longAgo);
    await repositoriesSweep().run(parts, never);
    expect(parts.complaints).toEqual([expect.stringContaining('upkeep of a repository failed')]);
    expect(existsSync(lock)).toBe(false);
  });

  it('of projects that were deleted go after a day, and those of unknown ones are named', async () => {
    const gone = await makeProject(parts, { path: 'gone', files: { a: '1' } });
    await parts.store.write((tx) => deleteProject(tx, gone.id));
    const unknown = parts.repositories.at(4711).gitDir;
    mkdirSync(unknown, { recursive: true });
    await orphansSweep.run(parts, never);
    expect([project.id, gone.id, 4711].map((id) => parts.repositories.has(id))).toEqual([true, true, true]);
    parts.clock.pass(DAY_MS + 1);
    await orphansSweep.run(parts, never);
    expect([project.id, gone.id, 4711].map((id) => parts.repositories.has(id))).toEqual([true, false, true]);
    const named = expect.stringMatching(/of a project that nobody knows .*4711/);
    expect(parts.complaints).toEqual([named, named]);
  });

  it('of deleted projects go, also behind one that cannot be removed', async () => {
    const paths = ['first', 'second'];
    const [first, second] = await Promise.all(paths.map((path) => makeProject(parts, { path, files: { a: '1' } })));
    if (first === undefined || second === undefined) throw new Error('no projects');
    for (const { id } of [first, second]) await parts.store.write((tx) => deleteProject(tx, id));
    parts.clock.pass(DAY_MS + 1);
    const { repositories } = parts;
    const remove = async (id: number) => {
      if (id === first.id) throw new Error('it is busy');
      await repositories.remove(id);
    };
    const ids = async () => [first.id, second.id];
    await orphansSweep.run({ ...parts, repositories: { ...repositories, remove, ids } }, never);
    expect([first.id, second.id].map((id) => repositories.has(id))).toEqual([true, false]);
    expect(parts.complaints).toEqual([expect.stringMatching(/repository of a deleted project stays .*it is busy/)]);
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  deleteArtifacts,
  findArtifact,
  insertArtifact,
  keepArtifacts,
  listArtifacts,
  listJobReports,
  putJobReport,
  type Store,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
    store = await stores.open();
  });

  afterEach(() => stores.close());

  const ARCHIVE = {
    jobId: 5,
    projectId: 7,
    type: 'archive',
    format: 'zip',
    filename: 'artifacts.zip',
    sizeBytes: 10,
    sha256: 'ab',
    blob: 'artifacts/05/5/archive.1',
    access: 'all',
    expiresAt: 2_000_000,
  } as const;

  it('keeps one artifact of each type', async () => {
    const put = (type: string) => store.write((tx) => insertArtifact(tx, { ...ARCHIVE, type }));
    expect([await put('archive'), await put('archive'), await put('junit')]).toEqual([true, false, true]);
    await store.write((tx) => keepArtifacts(tx, 5));
    expect(await store.read((db) => findArtifact(db, 5, 'archive'))).toMatchObject({ isKept: true, expiresAt: null });
    expect(await store.write((tx) => deleteArtifacts(tx, 5))).toHaveLength(2);
    expect(await store.read((db) => listArtifacts(db, [5]))).toEqual([]);
  });

  it('seals what a job hands on, and gives it back', async () => {
    const variables = [{ key: 'URL', value: 'secret' }];
    await store.write((tx) => putJobReport(tx, 5, 'dotenv', variables));
    const rows = await store.read((db) => db.query.selectFrom('job_reports').select('body').execute());
    expect(JSON.stringify(rows)).not.toContain('secret');
    const reports = await store.read((db) => listJobReports(db, [4, 5], 'dotenv'));
    expect(reports).toEqual([{ jobId: 5, variables }]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  deleteArtifacts,
  findArtifact,
  insertArtifact,
  keepArtifacts,
  listArtifacts,
  listJobReports,
  openStore,
  putJobReport,
  type Store,
} from '../index.ts';

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-store-'));

  const files = { database: { file: join(directory, 'epilogue.db') }, keyFile: join(directory, 'master.key') };
  store = await openStore({ ...files, clock: new AutoClock(1_000_000) });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const ARCHIVE = {
  jobId: 5,
  projectId: 7,
  type: 'archive',
  format: 'zip',
  filename: 'artifacts.zip',
  sizeBytes: 10,
  sha256: 'ab',
  blob: 'artifacts/05/5/archive.1',
  isPublic: true,
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

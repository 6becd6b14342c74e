import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { itAsUser } from '../../../test/support/privilege.ts';
import { createJournal } from '../journal/journal.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../open/runner-settings.ts';
import { listJournals } from './list-journals.ts';

const { chmodSync: realChmod } = await vi.importActual<typeof import('node:fs')>('node:fs');
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, chmodSync: vi.fn(fs.chmodSync) };
});

let jobsDir: string;

beforeEach(() => {
  jobsDir = mkdtempSync(join(tmpdir(), 'epilogue-jobs-'));
});

afterEach(() => rmSync(jobsDir, { recursive: true }));

it('lists the journals of a directory by their ids, whatever else lies there', () => {
  for (const id of ['10', '9']) {
    const record = { payload: payload(), cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS };
    createJournal({ directory: join(jobsDir, id), now: () => 1 }, record).close();
  }
  mkdirSync(join(jobsDir, 'lost+found'));
  writeFileSync(join(jobsDir, '7'), 'a stray file');
  mkdirSync(join(jobsDir, '8', 'job.json'), { recursive: true });
  expect(listJournals(jobsDir).map(({ id, reading }) => [id, reading.kind])).toEqual([
    [7, 'none'],
    [8, 'unusable'],
    [9, 'usable'],
    [10, 'usable'],
  ]);
});

it('finds nothing where there is no such directory', () => {
  expect(listJournals(join(jobsDir, 'nowhere'))).toEqual([]);
});

itAsUser('opens a journal that a script has closed to us', () => {
  const directory = join(jobsDir, '9');
  const record = { payload: payload(), cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS };
  createJournal({ directory, now: () => 1 }, record).close();
  mkdirSync(join(directory, 'steps', 'step_script'));
  writeFileSync(join(directory, 'steps', 'step_script', 'claim'), '');
  for (const path of ['job.json', 'moves.jsonl', 'steps/step_script', 'steps', '.'])
    chmodSync(join(directory, path), 0);
  expect(listJournals(jobsDir)).toMatchObject([{ id: 9, reading: { kind: 'usable', progress: { owed: true } } }]);
});

itAsUser('reads the others where one belongs to somebody else, who lets nobody in', () => {
  for (const id of ['8', '9']) {
    const record = { payload: payload(), cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS };
    createJournal({ directory: join(jobsDir, id), now: () => 1 }, record).close();
  }
  // As a directory of somebody else that may be listed and no more.
  const open = vi.mocked(chmodSync).mockImplementation(() => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  });
  realChmod(join(jobsDir, '8'), 0o444);
  try {
    expect(listJournals(jobsDir)).toMatchObject([
      { id: 8, reading: { kind: 'unusable' } },
      { id: 9, reading: { kind: 'usable' } },
    ]);
    // A file system on which every change succeeds and none has an effect.
    open.mockImplementation(() => {});
    expect(listJournals(jobsDir).map(({ reading }) => reading.kind)).toEqual(['unusable', 'usable']);
  } finally {
    realChmod(join(jobsDir, '8'), 0o700);
    open.mockImplementation(realChmod);
  }
});

itAsUser('opens the directories around, as far as need be', () => {
  const [state, jobs] = [join(jobsDir, 'state'), join(jobsDir, 'state', 'run', 'jobs')];
  const record = { payload: payload(), cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS };
  createJournal({ directory: join(jobs, '9'), now: () => 1 }, record).close();
  for (const path of [jobs, join(jobs, '..'), state]) chmodSync(path, 0);
  expect(listJournals(jobs)).toMatchObject([{ id: 9, reading: { kind: 'usable' } }]);
});

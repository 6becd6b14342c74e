import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../open/runner-settings.ts';
import { createJournal } from './journal.ts';

const synced = vi.hoisted(() => [] as string[]);

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const noting = (sync: (fd: number) => void) => (fd: number) => {
    synced.push(readlinkSync(`/proc/self/fd/${fd}`));
    sync(fd);
  };
  return { ...real, fsyncSync: noting(real.fsyncSync), fdatasyncSync: noting(real.fdatasyncSync) };
});

let jobs: string;

beforeEach(() => {
  jobs = mkdtempSync(join(tmpdir(), 'epilogue-durable-'));
  synced.length = 0;
});
afterEach(() => rmSync(jobs, { recursive: true }));

function begin(...script: readonly string[]): void {
  const step = { name: 'after_script', script, timeout: 60, when: 'always', allow_failure: false } as const;
  const record = { payload: payload({ steps: [step] }), cookie: 'c', environment: {}, shell: null };
  createJournal({ directory: join(jobs, '7'), now: () => 0 }, { ...record, settings: DEFAULT_RUNNER_SETTINGS }).close();
}

it('is on the disk, with the names of all that lies above it, before its job may owe a cleanup', () => {
  begin('true');
  for (const path of ['7/moves.jsonl', '7', '']) expect(synced).toContain(join(jobs, path));
});

it('waits for no disk where nothing can be owed', () => {
  begin();
  expect(synced).toEqual([]);
});

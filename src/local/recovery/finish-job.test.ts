import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { Control, findJournal } from '../../runner/index.ts';
import type { RunDirectory } from '../runs/run-directory.ts';
import { finishJob } from './finish-job.ts';

it('forgets the secrets of a job whose run was killed before it had accepted the job', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-finish-'));
  try {
    const job = join(directory, 'jobs', '5');
    mkdirSync(job, { recursive: true });
    const lists = { steps: [], variables: [], services: [], dependencies: [] };
    const payload = { token: '', job_info: { name: 'build' }, git_info: {}, ...lists };
    const record = { payload, cookie: 'c', environment: { PASSWORD: 'hunter22' }, shell: null };
    writeFileSync(join(job, 'job.json'), JSON.stringify({ version: { major: 1, minor: 0 }, ...record }));
    const run = { path: directory, record: { id: 4 } } as RunDirectory;
    const options = {
      by: 'recover',
      executorFor: () => {
        throw new Error('nothing is to be started');
      },
      clock: new AutoClock(0),
      version: 'test',
      emit: () => {},
      control: new Control(),
      wait: false,
    } as const;
    expect(await finishJob(run, findJournal(join(directory, 'jobs'), 5), options)).toBe('never_ran');
    expect(readFileSync(join(job, 'job.json'), 'utf8')).not.toContain('hunter22');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

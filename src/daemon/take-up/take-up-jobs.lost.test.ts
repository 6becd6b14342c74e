import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import type { JobContext } from '../job/job-context.ts';
import { JobHomes } from '../job-homes.ts';
import { writeWireRecord } from '../journal/wire-record.ts';
import { RunnerMetrics } from '../watch/runner-metrics.ts';
import { takeUpJobs } from './take-up-jobs.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-lost-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function damagedJournal(id: number, key: string | null): void {
  const home = join(directory, 'jobs', String(id));
  mkdirSync(home, { recursive: true });
  if (key !== null) writeWireRecord(home, { entry: { key, name: key, url: '' }, hasAdditions: true, boot: null }, true);
  writeFileSync(join(home, 'job.json'), '{');
}

/** A runner starts, and tells what it counts of which entry. */
async function start(): Promise<readonly string[]> {
  const counted: string[] = [];
  const clock = new AutoClock(0);
  await takeUpJobs({
    ...{ directory, homes: new JobHomes(directory, clock), claim: () => () => {}, log: () => {} },
    metrics: new RunnerMetrics(clock),
    contextFor: (wire) =>
      ({
        cleaned: (job, { outcome }) => counted.push(`${wire?.entry.key} ${job} ${outcome}`),
      }) as Partial<JobContext> as JobContext,
  });
  return counted;
}

it('counts a cleanup as lost, once, whose journal cannot be read, for the entry that the job was of', async () => {
  damagedJournal(1, 'one');
  damagedJournal(2, 'two');
  damagedJournal(3, null);
  expect(await start()).toEqual(['one 1 lost', 'two 2 lost']);
  expect(await start()).toEqual([]);
});

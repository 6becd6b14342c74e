import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mostJobs, whyUnfit } from './fitness.ts';

it('is fit where a job can be written down, and leaves nothing of the try', () => {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-fit-'));
  try {
    expect(whyUnfit(directory)).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(whyUnfit(directory)).toMatch(/^no job can be written down here: ENOENT/);
});

it('does as many jobs at a time as it may open files for', () => {
  const limits = (soft: string): string =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   9  files\n`;
  expect(['20', '64', '256', '1024', 'unlimited'].map((soft) => mostJobs(limits(soft)))).toEqual([
    ...[1, 1, 12, 60],
    Number.POSITIVE_INFINITY,
  ]);
  // Where there is no `/proc`.
  expect(mostJobs(null)).toBe(Number.POSITIVE_INFINITY);
});

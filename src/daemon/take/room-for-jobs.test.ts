import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mostJobs, whyUnwritable } from './room-for-jobs.ts';

it('finds each directory writable to which something can be written or that is not there yet, and leaves nothing of the try', () => {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-fit-'));
  try {
    expect(whyUnwritable([directory, directory, join(directory, 'none')])).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(whyUnwritable([directory, file])).toMatch(/^nothing can be written to \/.*\/file: E/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('writes through no link that a job has laid there', () => {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-fit-'));
  try {
    writeFileSync(join(directory, 'target'), 'kept');
    symlinkSync('target', join(directory, '.probe'));
    expect(whyUnwritable([directory])).toBeNull();
    expect(readFileSync(join(directory, 'target'), 'utf8')).toBe('kept');
  } finally {
    rmSync(directory, { recursive: true });
  }
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

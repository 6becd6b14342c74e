import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, errorCode } from '../../base/index.ts';

/** About as much as a journal takes until its job is accepted. */
const PROBE = Buffer.alloc(64 * 1024);
const PROBE_FILE = '.probe';

/** What a process has open without any job, and has to set aside for the one that begins. */
const FILES_AT_REST = 50;
const FILES_A_JOB = 16;

/** Why nothing can be written to one of the directories now (it is full, or read-only), tried there; null: to each something can. What is not there yet is made when it is needed. */
export function whyUnwritable(directories: readonly string[]): string | null {
  for (const directory of new Set(directories)) {
    const file = join(directory, PROBE_FILE);
    try {
      if (!existsSync(directory)) continue;
      rmSync(file, { force: true });
      // Never through a link: builds lie beside it.
      writeFileSync(file, PROBE, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      // Another runner tries the same.
      if (code !== 'EEXIST') return `nothing can be written to ${directory}: ${describeError(error)}`;
    } finally {
      removeIfThere(file);
    }
  }
  return null;
}

function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    // Where nothing can be written, nothing lies.
    if (errorCode(error) === undefined) throw error;
  }
}

/** Jobs at a time for which the files suffice that this process may open; at least one. @param limits as Linux has them in `/proc`; null: nobody knows them */
export function mostJobs(limits = readLimits()): number {
  const [, soft = ''] = /^Max open files\s+(\d+)/m.exec(limits ?? '') ?? [];
  if (soft === '') return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor((Number(soft) - FILES_AT_REST) / FILES_A_JOB));
}

function readLimits(): string | null {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

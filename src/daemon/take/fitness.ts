import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, errorCode } from '../../base/index.ts';

/** About as much as a journal takes until its job is accepted. */
const PROBE = Buffer.alloc(64 * 1024);

/** What a process has open without any job, and has to set aside for the one that begins. */
const FILES_AT_REST = 50;
const FILES_A_JOB = 16;

/**
 * Why no job can be written down in a runner's directory now (it is full, or read-only), tried there; null: one can be. Who asks for jobs all the same takes one after the other from those
 * that could do them.
 */
export function whyUnfit(directory: string): string | null {
  const file = join(directory, 'probe');
  try {
    writeFileSync(file, PROBE, { mode: 0o600 });
    return null;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return `no job can be written down here: ${describeError(error)}`;
  } finally {
    removeIfThere(file);
  }
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

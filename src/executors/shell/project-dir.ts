import { existsSync, writeFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, errorCode, Failure, makeDirectory } from '../../base/index.ts';
import type { JobPlace } from '../executor.ts';

/** In `stepsDir`, where it outlives this process: the project directory is ours to remove. */
const OURS = 'project-dir-made';

/** @throws Failure `executor_unavailable` */
export function makeProjectDir({ projectDir, stepsDir }: JobPlace): void {
  try {
    if (existsSync(projectDir)) return;
    // Marked first: a crash in between must not leave a directory that nobody removes.
    writeFileSync(join(stepsDir, OURS), '', { mode: 0o600 });
    makeDirectory(projectDir, 0o700);
  } catch (error) {
    const text = `the project directory cannot be made: ${describeError(error)}`;
    throw new Failure('executor_unavailable', text, { cause: error });
  }
}

/** Leaves a directory that was there before `prepare`. */
export async function removeProjectDir({ projectDir, stepsDir }: JobPlace): Promise<void> {
  if (!existsSync(join(stepsDir, OURS))) return;
  try {
    await rm(projectDir, { recursive: true, force: true });
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error;
    // Package caches like to make their directories read-only.
    await makeWritable(projectDir);
    await rm(projectDir, { recursive: true, force: true });
  }
}

async function makeWritable(dir: string): Promise<void> {
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(dir, entry.name));
  }
}

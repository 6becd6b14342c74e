import { lstatSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, mountsAtOrBelow } from '../../base/index.ts';
import { listDirectories } from './step-directory.ts';

/**
 * Removes the scripts of a job's steps and what they printed; that they ran, and how they ended, stays. For a job that is over: a step
 * that still runs would have nothing to print to. What a script has put in their place, links, directories and mounts, leads to nothing of ours
 * and is left as it is; one thing that cannot be removed does not keep the rest.
 * @returns the paths of files that could not be removed, with the reason.
 */
export function forgetSteps(stepsDir: string): readonly string[] {
  const left: string[] = [];
  attempt(left, stepsDir, () => {
    if (!lstatSync(stepsDir, { throwIfNoEntry: false })?.isDirectory()) return;
    const real = realpathSync.native(stepsDir);
    const mounts = mountsAtOrBelow(real);
    const isMounted = (path: string) => mounts?.has(Buffer.from(path).toString('latin1')) ?? false;
    if (isMounted(real)) return;
    for (const path of listDirectories(real).map((name) => join(real, name))) {
      if (!isMounted(path)) attempt(left, path, () => forgetStep(path, left));
    }
  });
  return left;
}

function forgetStep(stepDir: string, left: string[]): void {
  for (const entry of readdirSync(stepDir, { withFileTypes: true })) {
    const { name } = entry;
    const path = join(stepDir, name);
    if (entry.isDirectory() || (name !== 'log' && !name.startsWith('script'))) continue;
    attempt(left, path, () => unlinkSync(path));
  }
}

function attempt(left: string[], path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') left.push(`${path} (${code})`);
  }
}

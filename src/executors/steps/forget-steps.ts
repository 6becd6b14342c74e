import { lstatSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, mountsAtOrBelow } from '../../base/index.ts';
import { listDirectories } from './step-directory.ts';

const MOUNTED = 'something is mounted there';

/**
 * Removes the scripts of a job's steps and what they printed; that they ran, and how they ended, stays. For a job that is over: a step
 * that still runs would have nothing to print to. What a script has put in their place, links, directories and mounts, leads to nothing of ours
 * and is left as it is, but a directory or a mount may hold anything, and is told; one thing that cannot be removed does not keep the rest.
 * @returns the paths of what is left, with the reason.
 */
export function forgetSteps(stepsDir: string): readonly string[] {
  const left: string[] = [];
  attempt(left, stepsDir, () => {
    const stats = lstatSync(stepsDir, { throwIfNoEntry: false });
    if (stats?.isDirectory() === false) left.push(`${stepsDir} (no directory)`);
    if (stats?.isDirectory() !== true) return;
    const real = realpathSync.native(stepsDir);
    const mounts = mountsAtOrBelow(real);
    const isMounted = (path: string) => mounts?.has(Buffer.from(path).toString('latin1')) ?? false;
    if (isMounted(real)) return void left.push(`${real} (${MOUNTED})`);
    for (const path of listDirectories(real).map((name) => join(real, name))) {
      if (isMounted(path)) left.push(`${path} (${MOUNTED})`);
      else attempt(left, path, () => forgetStep(path, left));
    }
  });
  return left;
}

function forgetStep(stepDir: string, left: string[]): void {
  for (const entry of readdirSync(stepDir, { withFileTypes: true })) {
    const { name } = entry;
    const path = join(stepDir, name);
    if (name !== 'log' && !name.startsWith('script')) continue;
    if (entry.isDirectory()) left.push(`${path} (a directory)`);
    else attempt(left, path, () => unlinkSync(path));
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

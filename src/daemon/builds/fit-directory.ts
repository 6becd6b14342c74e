import { lstatSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { makeDirectory, mountsAtOrBelow, removeTree } from '../../base/index.ts';

/**
 * Makes sure of a project directory below `root`, which is there: it is there, ours, reached through directories alone, with nothing mounted in it, and without the
 * secrets of the job before. Links and files that a script has put in the way go: whoever empties the directory must not be led elsewhere.
 * @returns why it cannot be used, for people; null: it can.
 */
export async function fitDirectory(root: string, path: string): Promise<string | null> {
  try {
    let above = root;
    for (const name of relative(root, path).split('/')) {
      const left = await makePlainDirectory(above, name);
      if (left.length > 0) return left.join(', ');
      above = join(above, name);
    }
    const mounts = mountsAtOrBelow(path);
    if (mounts !== null && mounts.size > 0) return `something is mounted at ${[...mounts].join(', ')}`;
    const left = await removeTree(dirname(path), [`${basename(path)}.tmp`]);
    return left.length > 0 ? left.join(', ') : null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.message;
  }
}

async function makePlainDirectory(above: string, name: string): Promise<readonly string[]> {
  const path = join(above, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return isOurs(stat.uid) ? [] : [`${path} belongs to another user`];
  const left = stat === undefined ? [] : await removeTree(above, [name]);
  if (left.length === 0) makeDirectory(path, 0o700);
  return left;
}

function isOurs(uid: number): boolean {
  const ours = process.getuid?.() ?? 0;
  return ours === 0 || uid === ours;
}

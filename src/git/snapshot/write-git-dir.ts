import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { runGit } from '../run-git.ts';
import type { Repository } from './describe-repository.ts';
import { formatConfig } from './format-config.ts';
import { packRefs } from './pack-refs.ts';

/**
 * Gives a snapshot a `.git` with which git works as in a fresh clone of the checkout: HEAD detached at its commit, branches as
 * `origin/*`, tags, an index like HEAD. Objects are borrowed from the checkout, so this costs the same for any history.
 * It has no hooks, and no credentials in its configuration.
 */
export async function writeGitDir(source: Repository, snapshotDir: string, signal?: AbortSignal): Promise<void> {
  const gitDir = join(snapshotDir, '.git');
  for (const dir of ['info', 'objects/info', 'refs']) {
    mkdirSync(join(gitDir, dir), { recursive: true });
  }
  writeFileSync(join(gitDir, 'HEAD'), `${source.head ?? 'ref: refs/heads/main'}\n`);
  writeFileSync(join(gitDir, 'config'), formatConfig(source.settings));
  writeFileSync(join(gitDir, 'objects/info/alternates'), `${listObjectStores(source.objects).join('\n')}\n`);
  writeFileSync(join(gitDir, 'packed-refs'), packRefs(source.refs));
  copyIfThere(join(source.objects, '../shallow'), join(gitDir, 'shallow'));
  copyIfThere(join(source.objects, '../info/exclude'), join(gitDir, 'info/exclude'));
  copyIfThere(join(source.objects, '../info/attributes'), join(gitDir, 'info/attributes'));
  copyIfThere(join(source.gitDir, 'info/sparse-checkout'), join(gitDir, 'info/sparse-checkout'));
  if (source.head !== null) await writeIndex(source.gitDir, snapshotDir, signal);
}

/**
 * The checkout's index, made like HEAD. Starting from a copy keeps what it knows about files (times, sizes), so that git in
 * the job need not read those that are as committed.
 */
async function writeIndex(sourceGitDir: string, snapshotDir: string, signal?: AbortSignal): Promise<void> {
  const gitDir = join(snapshotDir, '.git');
  const files = readdirSync(sourceGitDir).filter((name) => name === 'index' || name.startsWith('sharedindex.'));
  for (const name of files) copyIfThere(join(sourceGitDir, name), join(gitDir, name));
  const plain = ['-c', 'core.splitIndex=false', '-c', 'core.untrackedCache=false'];
  await runGit({ cwd: snapshotDir, args: [...plain, 'read-tree', '--reset', 'HEAD'], ...(signal && { signal }) });
}

/** All stores that the checkout reads from: its own and, in turn, what that borrows from. Git follows relative paths only one step. */
function listObjectStores(objects: string): readonly string[] {
  const stores = new Set([objects]);
  for (const store of stores) {
    const borrowed = readIfThere(join(store, 'info/alternates')).split('\n');
    for (const line of borrowed) {
      if (line !== '' && !line.startsWith('#')) stores.add(resolve(store, line));
    }
  }
  return [...stores];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

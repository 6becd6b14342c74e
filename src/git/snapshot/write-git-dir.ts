import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, makeDirectory } from '../../base/index.ts';
import { runGit } from '../process/run-git.ts';
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
    makeDirectory(join(gitDir, dir));
  }
  writeFileSync(join(gitDir, 'HEAD'), `${source.head ?? 'ref: refs/heads/main'}\n`);
  writeFileSync(join(gitDir, 'config'), formatConfig(source.settings));
  writeFileSync(join(gitDir, 'objects/info/alternates'), `${source.objects}\n`);
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

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

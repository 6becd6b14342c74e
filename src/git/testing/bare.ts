import { spawnSync } from 'node:child_process';
import { type BareRepository, openRepositories } from '../index.ts';
import { git, makeRepository, type useTemporaryDirectory } from './repository.ts';

/** A bare repository of the coordinator, and a working copy to fill it from. */
export async function makeBare(
  temporary: ReturnType<typeof useTemporaryDirectory>,
): Promise<{ readonly repository: BareRepository; readonly work: string; readonly push: (...refs: string[]) => void }> {
  const repositories = openRepositories({ root: temporary.fresh('root'), path: process.env.PATH ?? '' });
  const repository = await repositories.create(1, { defaultBranch: 'main' });
  const work = makeRepository(temporary.fresh('work'));
  const push = (...refs: string[]) => git(work, 'push', '--quiet', '--force', repository.gitDir, ...refs);
  push('main');
  return { repository, work, push };
}

/** What git printed for bytes that it was given. */
export function gitWith(dir: string, input: string | Buffer, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: dir, input });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

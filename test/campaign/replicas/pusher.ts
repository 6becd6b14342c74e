import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pace } from '../../support/pace.ts';
import type { Callers } from './call.ts';

const run = promisify(execFile);
const BRANCH = 'side';
const LONGEST_MS = 60_000;

export interface Pusher extends Callers {
  readonly clone: { readonly dir: string; readonly env: Readonly<Record<string, string>> };
  readonly token: string;
}

/** What became of each commit that was pushed: whether git said that it is there. */
export type Pushed = Map<string, 'acknowledged' | 'unsure'>;

/** Pushes a commit now and then, each through any replica and once, without wanting a pipeline to run: it is made and skipped. */
export async function pushOnAndOn(
  { clone: { dir, env }, token, urls }: Pusher,
  pushed: Pushed,
  signal: AbortSignal,
): Promise<void> {
  const git = async (...words: string[]): Promise<string> => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    return (await run('git', [...who, ...words], { cwd: dir, env, timeout: LONGEST_MS })).stdout.trim();
  };
  await git('checkout', '--quiet', '-b', BRANCH);
  while (!signal.aborted) {
    await git('commit', '--quiet', '--allow-empty', `--message=Commit ${pushed.size}`);
    const sha = await git('rev-parse', 'HEAD');
    const url = urls()[Math.floor(Math.random() * 2)] ?? '';
    const remote = `${url.replace('://', `://root:${token}@`)}/root/shop.git`;
    pushed.set(sha, 'unsure');
    await git('push', '--quiet', '--push-option=ci.skip', remote, BRANCH).then(
      () => pushed.set(sha, 'acknowledged'),
      // Killed or cut in the middle: git may have moved the branch or not.
      () => undefined,
    );
    await pace(300);
  }
}

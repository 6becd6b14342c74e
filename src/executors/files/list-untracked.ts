import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure, GIT_LOCAL_VARIABLES } from '../../base/index.ts';

/** Paths that git does not track, ignored ones included; none where there is no repository. */
export async function listUntracked(projectDir: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  if (!existsSync(join(projectDir, '.git'))) return new Set();
  const names = await listFiles('others', projectDir, signal);
  // A repository inside this one ends in a slash: one entry, its files are its own.
  return new Set(
    names
      .split('\0')
      .filter(Boolean)
      .map((name) => name.replace(/\/$/, '')),
  );
}

/** Paths that git tracks, with a NUL behind each. @throws Failure `git_failed` */
export function listTracked(projectDir: string, signal: AbortSignal): Promise<string> {
  return listFiles('cached', projectDir, signal);
}

async function listFiles(which: 'others' | 'cached', projectDir: string, signal: AbortSignal): Promise<string> {
  // Nothing of our own environment leads to another repository or index. The project's config must not start a program.
  const unset = GIT_LOCAL_VARIABLES.flatMap((name) => ['-u', name]);
  const repository = ['--git-dir=.git', '--work-tree=.', '-c', 'core.fsmonitor=false'];
  const child = spawn('env', [...unset, 'git', ...repository, 'ls-files', `--${which}`, '-z'], {
    cwd: projectDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, names, complaint] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (code === 0) return names;
  const what = which === 'others' ? 'untracked' : 'tracked';
  throw new Failure('git_failed', `git cannot list ${what} files in ${projectDir}: ${complaint.trim()}`);
}

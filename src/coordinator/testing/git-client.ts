import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GitEnding {
  readonly code: number | null;
  readonly stdout: string;
  /** Progress, errors, and what the server said (`remote: …`). */
  readonly stderr: string;
}

/** A working copy beside a server in the same process; nothing of the machine's settings counts. */
export interface GitClient {
  readonly dir: string;
  /** Ended after 30 s. */
  run(...args: readonly string[]): Promise<GitEnding>;
  /** Its output. Throws when git says no. */
  git(...args: readonly string[]): Promise<string>;
  /** All files as they are then; returns the sha. */
  commit(files: Readonly<Record<string, string>>, message?: string): Promise<string>;
}

/** An empty repository on `main`, in a new directory below `parent`. */
export async function makeGitClient(parent: string): Promise<GitClient> {
  const dir = mkdtempSync(join(parent, 'work-'));
  const run = (...args: readonly string[]) => runGit(dir, args);
  const git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    dir,
    run,
    git,
    async commit(files, message = 'Change') {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), text);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return await git('rev-parse', 'HEAD');
    },
  };
}

const ENVIRONMENT = {
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Cleo',
  GIT_COMMITTER_EMAIL: 'cleo@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:06Z',
};

function runGit(cwd: string, args: readonly string[]): Promise<GitEnding> {
  const child = spawn('git', ['-c', 'gc.auto=0', '-c', 'advice.detachedHead=false', ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const { promise, resolve, reject } = Promise.withResolvers<GitEnding>();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, stdout: stdout.trim(), stderr }));
  return promise;
}

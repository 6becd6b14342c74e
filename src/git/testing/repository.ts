import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A directory for one test file, removed after its last test. Read `dir` inside of tests only. */
export function useTemporaryDirectory(): { readonly dir: string; fresh(name: string): string } {
  let dir = '';
  let count = 0;
  beforeAll(() => {
    isolateGit();
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-git-')));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return {
    get dir() {
      return dir;
    },
    fresh(name) {
      count += 1;
      return join(dir, `${count}`, name);
    },
  };
}

/** No settings of the machine, one author, one time; for the code under test as well. */
function isolateGit(): void {
  Object.assign(process.env, {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
    GIT_COMMITTER_NAME: 'Cleo',
    GIT_COMMITTER_EMAIL: 'cleo@example.com',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:06Z',
  });
}

export function git(dir: string, ...args: readonly string[]): string {
  const settings = [
    '-c',
    'protocol.file.allow=always',
    '-c',
    'init.defaultBranch=main',
    '-c',
    'advice.detachedHead=false',
  ];
  return execFileSync('git', [...settings, ...args], {
    cwd: dir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

export function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

/** Commits all files of the working tree, after writing `files`. */
export function commit(dir: string, message: string, files: Readonly<Record<string, string>> = {}): string {
  write(dir, files);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
  return git(dir, 'rev-parse', 'HEAD');
}

/** A repository on `main` with one commit. */
export function makeRepository(dir: string, ...initArgs: readonly string[]): string {
  mkdirSync(dir, { recursive: true });
  git(dir, 'init', '--quiet', ...initArgs);
  commit(dir, 'Start', { 'README.md': 'hello\n', 'src/main.ts': 'export {};\n' });
  return dir;
}

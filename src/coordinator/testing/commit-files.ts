import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Parts } from '../parts.ts';

const WHO = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Cleo',
  GIT_COMMITTER_EMAIL: 'cleo@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:06Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

export interface NewCommit {
  /** Added to what the ref has already; null removes one. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly message?: string;
  /** In full; `refs/heads/main` when left out. */
  readonly ref?: string;
}

/** Puts a commit on top of a ref of a project's bare repository, past the coordinator: no push is noticed. Returns its sha. */
export function commitFiles(
  { repositories }: Pick<Parts, 'repositories'>,
  projectId: number,
  { files, message = 'Change', ref = 'refs/heads/main' }: NewCommit,
): string {
  const { gitDir } = repositories.at(projectId);
  const work = mkdtempSync(join(tmpdir(), 'epilogue-index-'));
  try {
    const env = { PATH: process.env.PATH, ...WHO, GIT_DIR: gitDir, GIT_INDEX_FILE: join(work, 'index') };
    const git = (args: readonly string[], input = '', mayFail = false): string => {
      const { status, stdout, stderr } = spawnSync('git', args, { env, input, encoding: 'utf8' });
      if (status !== 0 && !mayFail) throw new Error(`git ${args.join(' ')}: ${stderr}`);
      return stdout.trim();
    };
    const parent = git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], '', true);
    if (parent !== '') git(['read-tree', parent]);
    const lines = Object.entries(files).map(([path, text]) => {
      if (text === null) return `0 ${'0'.repeat(40)}\t${path}\0`;
      return `100644 ${git(['hash-object', '-w', '--stdin'], text)}\t${path}\0`;
    });
    git(['update-index', '--add', '-z', '--index-info'], lines.join(''));
    const tree = git(['write-tree']);
    const sha = git(['commit-tree', tree, ...(parent === '' ? [] : ['-p', parent])], message);
    git(['update-ref', ref, sha]);
    return sha;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { GitServer } from '../testing/git-server.ts';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { client } from '../testing/run-client.ts';
import { startGitServer } from '../testing/start-git-server.ts';

const temporary = useTemporaryDirectory();
let path: string;
let counted: string;

/** A git that counts how often it is started, for the server alone. */
beforeEach(() => {
  path = temporary.fresh('bin');
  counted = join(path, 'count');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  write(path, { git: `#!/bin/sh\necho "$*" >> '${counted}'\nexec '${real}' "$@"\n`, count: '' });
  chmodSync(join(path, 'git'), 0o755);
});

async function startFilled(): Promise<{ server: GitServer; work: string }> {
  const server = await startGitServer(temporary.fresh('root'), `${path}:${process.env.PATH}`);
  const work = makeRepository(temporary.fresh('work'));
  git(work, 'push', '--quiet', server.repository.gitDir, 'main');
  writeFileSync(counted, '');
  return { server, work };
}

/** What the server has started for one command of a client. */
async function startsOf(dir: string, ...command: readonly string[]): Promise<number> {
  await client(dir, ...command);
  const lines = readFileSync(counted, 'utf8').split('\n').filter(Boolean);
  writeFileSync(counted, '');
  return lines.length;
}

it('are asked for once by a fetch in version 2, and then known, for all repositories that are alike', async () => {
  const { server, work } = await startFilled();
  const copy = temporary.fresh('copy');
  expect(await startsOf(temporary.dir, 'clone', '--quiet', server.url, copy)).toBe(3);
  const sha = commit(work, 'More', { 'more.txt': 'more\n' });
  git(work, 'push', '--quiet', server.repository.gitDir, 'main');
  expect(await startsOf(copy, 'fetch', '--quiet')).toBe(2);
  expect(git(copy, 'rev-parse', 'origin/main')).toBe(sha);
  const other = await startFilled();
  expect(await startsOf(temporary.dir, 'clone', '--quiet', '--depth=1', other.server.url, temporary.fresh('c'))).toBe(
    2,
  );
});

it('are asked for anew where a repository has other settings, and by who speaks another version', async () => {
  const { server } = await startFilled();
  const clone = (...settings: readonly string[]) =>
    startsOf(temporary.dir, ...settings, 'clone', '--quiet', server.url, temporary.fresh('copy'));
  await clone();
  expect(await clone()).toBe(2);
  appendFileSync(join(server.repository.gitDir, 'config'), '[lsrefs]\n\tunborn = ignore\n');
  expect(await clone()).toBe(3);
  expect(await clone()).toBe(2);
  expect(await clone('-c', 'protocol.version=0')).toBe(2);
  rmSync(server.repository.gitDir, { recursive: true });
  await expect(clone()).rejects.toThrow();
});

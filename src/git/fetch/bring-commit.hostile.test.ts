import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { commitRequest } from '../testing/commit-request.ts';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { startSourcesServer } from '../testing/sources-server.ts';
import { bringCommit } from './bring-commit.ts';
import type { CommitRequest } from './commit-request.ts';

const temporary = useTemporaryDirectory();
let asked: CommitRequest;
let next: string;
/** Written to by whatever of a script's leavings is run. */
let ran: string;
let said: string[];

/** A directory in which a job has been, and a commit that the next one wants. */
beforeEach(async () => {
  const server = await startSourcesServer(temporary.fresh('root'));
  const { gitDir } = await server.add('grp/demo');
  const work = makeRepository(temporary.fresh('work'));
  const push = () => git(work, 'push', '--quiet', gitDir, 'main');
  push();
  said = [];
  const dir = temporary.fresh('job');
  asked = commitRequest(dir, { url: server.urlOf('grp/demo'), sha: git(work, 'rev-parse', 'main'), depth: 5 }, said);
  ran = join(dir, 'ran');
  await bringCommit(asked);
  next = commit(work, 'Next', { 'README.md': 'next\n' });
  push();
});

function inGit(name: string): string {
  const path = join(asked.directory, '.git', name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function script(path: string): void {
  writeFileSync(path, `#!/bin/sh\necho "$0 $*" >>${ran}\nenv >>${ran}\n`);
  chmodSync(path, 0o755);
}

async function comesAnew(): Promise<void> {
  await bringCommit({ ...asked, sha: next });
  expect(git(asked.directory, 'rev-parse', 'HEAD')).toBe(next);
  expect(git(asked.directory, 'status', '--porcelain')).toBe('');
  expect(readFileSync(join(asked.directory, 'README.md'), 'utf8')).toBe('next\n');
  expect(readFileSync(join(asked.directory, 'src/main.ts'), 'utf8')).toBe('export {};\n');
  expect(existsSync(ran)).toBe(false);
}

describe('what a script of an earlier job has left in the repository', () => {
  it('is not run: hooks, monitors, filters, helpers', async () => {
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) script(inGit(`hooks/${hook}`));
    const program = join(dirname(ran), 'program');
    script(program);
    const settings = [
      ...[
        'core.fsmonitor',
        'core.sshCommand',
        'core.askPass',
        'credential.helper',
        'filter.x.smudge',
        'filter.x.process',
      ],
      ...['core.alternateRefsCommand', 'uploadpack.packObjectsHook', 'diff.external', 'core.pager'],
    ];
    for (const setting of settings) git(asked.directory, 'config', setting, program);
    git(asked.directory, 'config', 'core.hooksPath', join(asked.directory, '.git/hooks'));
    writeFileSync(inGit('info/attributes'), '* filter=x\n');
    await comesAnew();
    expect(existsSync(join(asked.directory, '.git/hooks'))).toBe(false);
  });

  it.each(['url.insteadOf', 'http.proxy', 'include.path', 'remote.origin.url', 'worktree', 'commondir'])(
    'sends no password elsewhere: %s',
    async (kind) => {
      const seen: unknown[] = [];
      const thief = createServer(({ headers }, response) => {
        seen.push(headers);
        response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void thief.close());
      const there = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/`;
      const { origin } = new URL(asked.url);
      const lines = `[url "${there}"]\n\tinsteadOf = ${origin}/\n[http]\n\tproxy = ${there}\n`;
      writeFileSync(inGit('evil'), lines);
      const config = inGit('config');
      if (kind === 'url.insteadOf') appendFileSync(config, lines.split('[http]')[0] ?? '');
      if (kind === 'http.proxy') git(asked.directory, 'config', 'http.proxy', there);
      if (kind === 'include.path') git(asked.directory, 'config', 'include.path', 'evil');
      if (kind === 'remote.origin.url') git(asked.directory, 'remote', 'set-url', 'origin', there);
      if (kind === 'worktree') {
        appendFileSync(config, '[extensions]\n\tworktreeConfig = true\n');
        writeFileSync(inGit('config.worktree'), lines);
      }
      if (kind === 'commondir') {
        mkdirSync(inGit('common/refs'), { recursive: true });
        writeFileSync(inGit('common/config'), lines);
        renameSync(inGit('objects'), inGit('common/objects'));
        writeFileSync(inGit('commondir'), 'common\n');
      }
      await comesAnew();
      expect(seen).toEqual([]);
    },
  );

  it('is not in the way: locks', async () => {
    const locks = [
      'index.lock',
      'shallow.lock',
      'HEAD.lock',
      'config.lock',
      'packed-refs.lock',
      'refs/remotes/origin/main.lock',
    ];
    for (const lock of locks) writeFileSync(inGit(lock), '');
    await comesAnew();
  });

  it.each(['a link', 'a file', 'nothing of use', 'damaged objects', 'a directory that may not be read'])(
    'does not lead elsewhere: %s in its place',
    async (what) => {
      const gitDir = join(asked.directory, '.git');
      const elsewhere = join(dirname(asked.directory), 'elsewhere');
      if (what === 'damaged objects') {
        for (const name of readdirSync(join(gitDir, 'objects'))) {
          for (const file of readdirSync(join(gitDir, 'objects', name))) {
            rmSync(join(gitDir, 'objects', name, file));
            writeFileSync(join(gitDir, 'objects', name, file), 'damaged');
          }
        }
      } else if (what === 'a directory that may not be read') chmodSync(join(gitDir, 'objects'), 0);
      else renameSync(gitDir, elsewhere);
      if (what === 'a link') symlinkSync(elsewhere, gitDir);
      if (what === 'a file') writeFileSync(gitDir, `gitdir: ${elsewhere}\n`);
      if (what === 'nothing of use') mkdirSync(join(gitDir, 'objects'), { recursive: true });
      await comesAnew();
      const used = existsSync(elsewhere) ? git(elsewhere, 'rev-parse', 'HEAD') : asked.sha;
      expect(used).toBe(asked.sha);
    },
  );

  it('hides no change of a file: flags in the index, replaced commits', async () => {
    git(asked.directory, 'update-index', '--assume-unchanged', 'src/main.ts');
    writeFileSync(join(asked.directory, 'src/main.ts'), 'evil');
    await comesAnew();
    git(asked.directory, 'update-index', '--skip-worktree', 'src/main.ts');
    writeFileSync(join(asked.directory, 'src/main.ts'), 'evil');
    await comesAnew();
    git(asked.directory, 'replace', next, asked.sha);
    await comesAnew();
  });

  itAsRoot('is moved away when it cannot be removed', async () => {
    const mounted = join(asked.directory, 'mounted');
    mkdirSync(mounted);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted]);
    try {
      await comesAnew();
      expect(said.join('\n')).toMatch(/warning: not everything of an earlier job could be removed .*mounted/);
    } finally {
      const aside = readdirSync(dirname(asked.directory)).find((name) => name.endsWith('.aside')) ?? 'copy';
      execFileSync('umount', [join(dirname(asked.directory), aside, 'mounted')]);
    }
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { askGit, runGit } from './run-git.ts';

const temporary = useTemporaryDirectory();
afterEach(() => vi.unstubAllEnvs());

/** Puts a program named git first in PATH. */
function stubGit(script: string): string {
  const bin = temporary.fresh('bin');
  write(bin, { git: `#!/bin/sh\n${script}\n` });
  chmodSync(join(bin, 'git'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  return bin;
}

describe('runGit', () => {
  it('resolves to what git printed, byte for byte', async () => {
    stubGit("printf 'a\\377\\0b'");
    expect(await runGit({ cwd: temporary.dir, args: ['x'] })).toEqual(Buffer.from([97, 255, 0, 98]));
  });

  it('fails with the words of git', async () => {
    stubGit('echo "fatal: no luck" >&2; exit 128');
    await expect(runGit({ cwd: temporary.dir, args: ['status'] })).rejects.toMatchObject({
      code: 'git_failed',
      message: `git status in ${temporary.dir}: fatal: no luck`,
    });
  });

  it('says that a directory is no repository, and what to do', async () => {
    await expect(runGit({ cwd: temporary.dir, args: ['status'] })).rejects.toMatchObject({
      code: 'not_a_repository',
      message: expect.stringContaining('run `git init`'),
    });
  });

  it('tells a missing program from a missing directory', async () => {
    await expect(runGit({ cwd: join(temporary.dir, 'gone'), args: ['status'] })).rejects.toMatchObject({
      code: 'not_a_repository',
      message: expect.stringContaining('no such directory'),
    });
    const bin = temporary.fresh('bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync('/usr/bin/env', join(bin, 'env'));
    vi.stubEnv('PATH', bin);
    await expect(runGit({ cwd: temporary.dir, args: ['status'] })).rejects.toMatchObject({ code: 'git_missing' });
  });

  it('names a place that is a file', async () => {
    await expect(runGit({ cwd: import.meta.filename, args: ['status'] })).rejects.toMatchObject({
      code: 'not_a_repository',
      message: `not a directory: ${import.meta.filename}`,
    });
  });

  it('runs a second git by the same start, once the first has ended well', async () => {
    const bin = stubGit('echo "$@"; case "$*" in *bad*) exit 3;; *two) touch "$0.two";; esac');
    const call = { cwd: temporary.dir, next: ['two'] };
    await expect(runGit({ ...call, args: ['bad'] })).rejects.toMatchObject({ code: 'git_failed' });
    expect(existsSync(join(bin, 'git.two'))).toBe(false);
    const said = (await runGit({ ...call, args: ['one', "it's", ''] })).toString();
    expect(said).toMatch(/^-c .* one it's \n-c .* two\n$/);
  });

  it('ends a git that takes too long, with its children', async () => {
    const bin = stubGit('(sleep 60; touch "$0.late") & echo $! >"$0.pid"; wait');
    await expect(runGit({ cwd: temporary.dir, args: ['x'], timeoutMs: 500 })).rejects.toMatchObject({
      code: 'git_timeout',
    });
    const pid = Number(readFileSync(join(bin, 'git.pid'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
  });

  it('does not wait for what a filter or a hook of git has left running', async () => {
    const bin = stubGit(
      'setsid sh -c \'echo $$ >"$0.pid"; exec sleep 60\' "$0" & until [ -s "$0.pid" ]; do :; done; echo all',
    );
    try {
      expect((await runGit({ cwd: temporary.dir, args: ['x'], timeoutMs: 5000 })).toString()).toBe('all\n');
    } finally {
      process.kill(Number(readFileSync(join(bin, 'git.pid'), 'utf8')), 'SIGKILL');
    }
  });

  it('reads all that git has said before it lets go of what still writes', async () => {
    const bin = stubGit(
      'setsid sh -c \'echo $$ >"$0.pid"; while :; do echo more >&2; sleep 0.05; done\' "$0" & head -c 3000000 /dev/zero; until [ -s "$0.pid" ]; do :; done',
    );
    try {
      expect(await runGit({ cwd: temporary.dir, args: ['x'], timeoutMs: 15_000 })).toHaveLength(3_000_000);
    } finally {
      process.kill(Number(readFileSync(join(bin, 'git.pid'), 'utf8')), 'SIGKILL');
    }
  });

  it('ends when its signal aborts, also when it has aborted before', async () => {
    stubGit('sleep 60');
    await expect(runGit({ cwd: temporary.dir, args: ['x'], signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: 'canceled',
    });
    await expect(runGit({ cwd: temporary.dir, args: ['x'], signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('runs in a process group of its own, so that Ctrl-C in a terminal does not reach it', async () => {
    stubGit('cut -d " " -f 5 "/proc/$$/stat"; echo $$');
    const [group, pid] = (await runGit({ cwd: temporary.dir, args: ['x'] })).toString().split('\n');
    expect(group).toBe(pid);
  });

  it('works from within a git hook, whose variables name another repository', async () => {
    const repository = makeRepository(temporary.fresh('here'));
    vi.stubEnv('GIT_DIR', makeRepository(temporary.fresh('elsewhere')));
    vi.stubEnv('GIT_INDEX_FILE', join(temporary.dir, 'no-index'));
    expect((await runGit({ cwd: repository, args: ['rev-parse', '--show-toplevel'] })).toString()).toBe(
      `${repository}\n`,
    );
    expect(existsSync(join(temporary.dir, 'no-index'))).toBe(false);
  });
});

describe('startGitWith', () => {
  it('starts git itself, in the environment it was told, without what names another repository', async () => {
    vi.resetModules();
    const { runGit, startGitWith } = await import('./run-git.ts');
    const bin = stubGit('env');
    const told = {
      PATH: process.env.PATH,
      GIT_DIR: '/elsewhere',
      GIT_CONFIG_COUNT: '0',
      LC_ALL: 'de',
      GONE: undefined,
    };
    startGitWith(told);
    const seen = (await runGit({ cwd: temporary.dir, args: ['x'] })).toString().split('\n');
    expect(seen).toEqual(
      expect.arrayContaining(['GIT_CONFIG_COUNT=0', 'LC_ALL=C', 'GIT_OPTIONAL_LOCKS=0', 'GIT_TERMINAL_PROMPT=0']),
    );
    expect(seen.filter((line) => /^(GIT_DIR|GONE)=/.test(line))).toEqual([]);
    chmodSync(join(bin, 'git'), 0o644);
    startGitWith({ PATH: bin });
    await expect(runGit({ cwd: temporary.dir, args: ['x'] })).rejects.toMatchObject({ code: 'git_missing' });
  });
});

describe('askGit', () => {
  it('resolves to null when git says no', async () => {
    const repository = makeRepository(temporary.fresh('here'));
    expect(await askGit({ cwd: repository, args: ['rev-parse', '--quiet', '--verify', 'gone'] })).toBeNull();
  });
});

/** A zombie that nobody has waited for counts as dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the limits of runGit', () => {
  it('ends a git that prints too much', async () => {
    stubGit('yes');
    await expect(runGit({ cwd: temporary.dir, args: ['x'], maxOutputBytes: 1000 })).rejects.toMatchObject({
      code: 'output_too_large',
    });
  });

  it.each([
    ['one', {}],
    ['the first of two', { next: ['y'] }],
  ])('asks %s that writes to end before it kills it', async (_, next) => {
    const bin = stubGit(
      'trap \'sleep 0.3; echo >"$0.asked"; exit 1\' TERM; echo "$@" >>"$0.ready"; while :; do sleep 0.01; done',
    );
    const stop = new AbortController();
    const call = runGit({ cwd: temporary.dir, args: ['x'], ...next, writes: true, signal: stop.signal });
    const answer = expect(call).rejects.toMatchObject({ code: 'canceled' });
    await vi.waitFor(() => expect(existsSync(join(bin, 'git.ready'))).toBe(true), { timeout: 5000 });
    stop.abort();
    await answer;
    expect(existsSync(join(bin, 'git.asked'))).toBe(true);
    expect(readFileSync(join(bin, 'git.ready'), 'utf8')).toMatch(/^.* x\n$/);
  });

  it('tells a full disk from other trouble', async () => {
    stubGit('echo "fatal: write error: No space left on device" >&2; exit 128');
    await expect(runGit({ cwd: temporary.dir, args: ['x'] })).rejects.toMatchObject({ code: 'disk_full' });
  });
});

it('says what is missing where files may not be opened', () => {
  const call = `import('${new URL('run-git.ts', import.meta.url)}').then(({ runGit }) => runGit({ cwd: '/', args: ['version'] })).catch(({ code, message }) => console.log(code, message))`;
  // All that Node leaves free is taken, so that no pipe to git can be opened.
  const opened = `const { openSync } = require('node:fs'); const fill = () => { try { for (;;) openSync('/dev/null'); } catch {} };`;
  const loaded = call.replace('=> runGit(', '=> (fill(), runGit(').replace("['version'] }))", "['version'] })))");
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, `${opened}${loaded}`]);
  expect(stdout.toString()).toBe(
    'git_failed git could not be started in / (too many open files; raise the limit (ulimit -n))\n',
  );
});

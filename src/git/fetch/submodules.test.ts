import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { commitRequest } from '../testing/commit-request.ts';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { startSourcesServer } from '../testing/sources-server.ts';
import { bringCommit } from './bring-commit.ts';
import type { SubmoduleRequest } from './commit-request.ts';

const temporary = useTemporaryDirectory();
const PLAIN: SubmoduleRequest = { isRecursive: false, depth: 1, paths: [], flags: [], overHttps: false };

/** `grp/demo` has `libs/one` in it, whose address is relative, and that has `inner`; `ssh` has one as with an address for ssh. */
async function scene(url = '../one.git') {
  const server = await startSourcesServer(temporary.fresh('root'));
  const shas = new Map<string, string>();
  const repositories = new Map<string, { readonly gitDir: string; readonly work: string }>();
  const push = async (
    name: string,
    files: Readonly<Record<string, string>>,
    link?: readonly [string, string, string],
  ) => {
    const { gitDir, work } = repositories.get(name) ?? {
      gitDir: (await server.add(`grp/${name}`)).gitDir,
      work: makeRepository(temporary.fresh(name)),
    };
    repositories.set(name, { gitDir, work });
    if (link !== undefined) {
      const [path, address, target] = link;
      writeFileSync(join(work, '.gitmodules'), `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${address}\n`);
      git(work, 'update-index', '--add', '--cacheinfo', `160000,${shas.get(target)},${path}`);
      mkdirSync(join(work, path), { recursive: true });
      git(work, 'add', '.gitmodules');
      git(work, 'commit', '--quiet', '--message=Link');
    } else commit(work, 'Files', files);
    git(work, 'push', '--quiet', gitDir, 'main');
    shas.set(name, git(work, 'rev-parse', 'HEAD'));
  };
  await push('inner', { 'inner.txt': 'inner' });
  await push('one', {}, ['inner', '../inner.git', 'inner']);
  await push('demo', {}, ['libs/one', url.replace('HOST', new URL(server.origin).hostname), 'one']);
  const said: string[] = [];
  const sha = shas.get('demo') ?? '';
  const asked = commitRequest(temporary.fresh('job'), { url: server.urlOf('grp/demo'), sha, depth: 1 }, said);
  /** Each repository from which something was fetched since the last call. */
  const fetched = (): string[] =>
    server.seen.splice(0).flatMap(({ path }) => /^\/(.*)\.git\/git-upload-pack$/.exec(path)?.[1] ?? []);
  return { asked, said, push, shas, fetched };
}

it('brings submodules of the same server with the credentials of the job, as deep as was asked', async () => {
  const { asked, said } = await scene();
  await bringCommit({ ...asked, submodules: PLAIN });
  const one = join(asked.directory, 'libs/one');
  expect(readFileSync(join(one, 'README.md'), 'utf8')).toBe('hello\n');
  expect(git(one, 'rev-list', '--count', 'HEAD')).toBe('1');
  expect(existsSync(join(one, 'inner/inner.txt'))).toBe(false);
  expect(said.at(-1)).toBe('info: Updating/initializing submodules with git depth set to 1...');
  await bringCommit({ ...asked, submodules: { ...PLAIN, isRecursive: true, depth: 0 } });
  expect(readFileSync(join(one, 'inner/inner.txt'), 'utf8')).toBe('inner');
  expect(readFileSync(join(asked.directory, '.git/modules/libs/one/config'), 'utf8')).not.toMatch(/cret|token/);
});

it('fetches of submodules, also of those in others, only what no earlier job has left', async () => {
  const { asked, push, shas, fetched } = await scene();
  const recursive = { ...PLAIN, isRecursive: true };
  await bringCommit({ ...asked, submodules: recursive });
  expect(new Set(fetched())).toEqual(new Set(['grp/demo', 'grp/one', 'grp/inner']));
  await bringCommit({ ...asked, submodules: recursive });
  expect(fetched()).toEqual([]);
  const inner = join(asked.directory, 'libs/one/inner');
  expect(readFileSync(join(inner, 'inner.txt'), 'utf8')).toBe('inner');
  // A script leads the next job elsewhere.
  git(inner, 'config', 'remote.origin.url', 'http://127.0.0.1:9/nowhere.git');
  await push('inner', { 'inner.txt': 'other' });
  await push('one', {}, ['inner', '../inner.git', 'inner']);
  await push('demo', {}, ['libs/one', '../one.git', 'one']);
  await bringCommit({ ...asked, sha: shas.get('demo') ?? '', submodules: recursive });
  expect(readFileSync(join(inner, 'inner.txt'), 'utf8')).toBe('other');
  expect(git(inner, 'rev-list', '--count', 'HEAD')).toBe('1');
  await bringCommit({ ...asked, sha: shas.get('demo') ?? '', submodules: { ...recursive, depth: 0 } });
  expect(git(inner, 'rev-list', '--count', 'HEAD'), 'all of it where that is wanted').toBe('3');
});

it('goes nowhere that links among the repositories of submodules lead, and believes no settings there', async () => {
  const { asked } = await scene();
  const recursive = { ...PLAIN, isRecursive: true };
  await bringCommit({ ...asked, submodules: recursive });
  const modules = join(asked.directory, '.git/modules');
  const outside = temporary.fresh('outside');
  mkdirSync(dirname(outside), { recursive: true });
  renameSync(join(modules, 'libs'), outside);
  symlinkSync(outside, join(modules, 'libs'));
  await bringCommit({ ...asked, submodules: recursive });
  const inner = join(modules, 'libs/one/modules/inner');
  expect([lstatSync(join(modules, 'libs')).isDirectory(), existsSync(join(outside, 'one/config'))]).toEqual([
    true,
    true,
  ]);
  mkdirSync(join(inner, 'hooks'), { recursive: true });
  writeFileSync(join(inner, 'hooks/post-checkout'), '#!/bin/sh\n', { mode: 0o755 });
  mkdirSync(join(inner, 'objects/info'), { recursive: true });
  writeFileSync(join(inner, 'objects/info/alternates'), join(outside, 'one/modules/inner/objects'));
  writeFileSync(join(inner, 'HEAD.lock'), '');
  await bringCommit({ ...asked, submodules: recursive });
  for (const name of ['hooks/post-checkout', 'objects/info/alternates', 'HEAD.lock'])
    expect(existsSync(join(inner, name)), name).toBe(false);
  expect(git(join(asked.directory, 'libs/one/inner'), 'status', '--porcelain')).toBe('');
});

it('fetches everything anew where what is left of a submodule cannot be used', async () => {
  const { asked } = await scene();
  await bringCommit({ ...asked, submodules: PLAIN });
  const objects = join(asked.directory, '.git/modules/libs/one/objects');
  rmSync(objects, { recursive: true });
  mkdirSync(objects);
  await bringCommit({ ...asked, submodules: PLAIN });
  const one = join(asked.directory, 'libs/one');
  expect([readFileSync(join(one, 'README.md'), 'utf8'), git(one, 'fsck')]).toEqual(['hello\n', '']);
});

it('leaves an empty directory where no submodules are wanted, or not that one', async () => {
  const { asked } = await scene();
  await bringCommit({ ...asked, submodules: PLAIN });
  await bringCommit({ ...asked, submodules: { ...PLAIN, paths: [':(exclude)libs/one'] } });
  expect(existsSync(join(asked.directory, 'libs/one/README.md'))).toBe(false);
  await bringCommit(asked);
  expect(existsSync(join(asked.directory, 'libs/one'))).toBe(true);
  expect(git(asked.directory, 'status', '--porcelain')).toBe('');
});

it('believes nothing of what a script has left in a submodule', async () => {
  const { asked } = await scene();
  await bringCommit({ ...asked, submodules: PLAIN });
  const one = join(asked.directory, 'libs/one');
  const ran = join(temporary.dir, 'ran');
  git(one, 'config', 'core.fsmonitor', `touch ${ran}; false`);
  git(one, 'config', 'core.sshCommand', `touch ${ran}; false`);
  rmSync(join(one, '.git'));
  git(one, 'init', '--quiet');
  git(one, 'config', 'core.fsmonitor', `touch ${ran}; false`);
  await bringCommit({ ...asked, submodules: PLAIN });
  expect(git(one, 'rev-parse', '--absolute-git-dir')).toBe(join(asked.directory, '.git/modules/libs/one'));
  expect(git(one, 'status', '--porcelain')).toBe('');
  expect(existsSync(ran)).toBe(false);
});

it.each(['git@HOST:grp/one.git', 'ssh://git@HOST/grp/one.git'])(
  'asks for %s over http where that is wanted',
  async (url) => {
    const { asked } = await scene(url);
    await bringCommit({ ...asked, submodules: { ...PLAIN, overHttps: true } });
    expect(existsSync(join(asked.directory, 'libs/one/README.md'))).toBe(true);
  },
);

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import {
  dropKeptCommit,
  keepCommit,
  listRefs,
  maintain,
  openRepositories,
  readDefaultBranch,
  resolveRevision,
  setDefaultBranch,
  sizeOf,
} from '../index.ts';
import { makeBare } from '../testing/bare.ts';
import { startPushing } from '../testing/raw-push.ts';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { client, runClient } from '../testing/run-client.ts';

const temporary = useTemporaryDirectory();
const path = process.env.PATH ?? '';

function openFresh(): { root: string; repositories: ReturnType<typeof openRepositories> } {
  const root = temporary.fresh('root');
  return { root, repositories: openRepositories({ root, path }) };
}

describe('repositories', () => {
  it('makes an empty one on its default branch, with no hooks and nothing beside it', async () => {
    const { root, repositories } = openFresh();
    const made = await repositories.create(1234, { defaultBranch: 'trunk' });
    expect(made.gitDir).toBe(join(root, '34/1234.git'));
    expect(await readDefaultBranch(made)).toBe('trunk');
    expect(await listRefs(made)).toEqual([]);
    expect(existsSync(join(made.gitDir, 'hooks'))).toBe(false);
    expect(readdirSync(join(root, 'drafts'))).toEqual([]);
  });

  it('makes one of two that are made at the same time', async () => {
    const { root, repositories } = openFresh();
    const both = await Promise.allSettled([1, 2].map(() => repositories.create(7, { defaultBranch: 'main' })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'repository_exists' });
    expect(readdirSync(join(root, 'drafts'))).toEqual([]);
  });

  it.each(['', '-x', 'a..b', 'a b', 'HEAD', 'a.lock', 'x\n'])(
    'refuses the default branch %j and leaves nothing',
    async (name) => {
      const { root, repositories } = openFresh();
      await expect(repositories.create(7, { defaultBranch: name })).rejects.toMatchObject({ code: 'bad_name' });
      expect(repositories.has(7)).toBe(false);
      expect(existsSync(join(root, 'drafts')) ? readdirSync(join(root, 'drafts')) : []).toEqual([]);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 2 ** 60])('refuses the id %s', (id) => {
    expect(() => openFresh().repositories.at(id)).toThrow(expect.objectContaining({ code: 'bad_name' }));
  });

  it('removes one for good, and again', async () => {
    const { root, repositories } = openFresh();
    await repositories.create(7, { defaultBranch: 'main' });
    await repositories.remove(7);
    await repositories.remove(7);
    expect(repositories.has(7)).toBe(false);
    expect(readdirSync(join(root, 'trash'))).toEqual([]);
  });

  it('sweeps what a crash left', async () => {
    const { root, repositories } = openFresh();
    mkdirSync(join(root, 'drafts/1-x.git/objects'), { recursive: true });
    mkdirSync(join(root, 'trash/2-y.git'), { recursive: true });
    expect(await repositories.sweep()).toEqual([]);
    expect([readdirSync(join(root, 'drafts')), readdirSync(join(root, 'trash'))]).toEqual([[], []]);
  });

  it('leaves what another process may be at, where it is told since when that is', async () => {
    const { root, repositories } = openFresh();
    for (const name of ['1-old.git', '2-new.git']) mkdirSync(join(root, 'drafts', name), { recursive: true });
    utimesSync(join(root, 'drafts/1-old.git'), 1_000, 1_000);
    expect(await repositories.sweep(Date.now() - 3_600_000)).toEqual([]);
    expect(readdirSync(join(root, 'drafts'))).toEqual(['2-new.git']);
  });

  it('says that there is none', async () => {
    const { repositories } = openFresh();
    await expect(listRefs(repositories.at(7))).rejects.toMatchObject({ code: 'not_a_repository' });
  });

  it('reads no configuration of the user or the system', async () => {
    const { repositories } = openFresh();
    const made = await repositories.create(7, { defaultBranch: 'main' });
    expect(readFileSync(join(made.gitDir, 'config'), 'utf8')).not.toMatch(/user|hook/);
    expect(made.start.env).not.toHaveProperty('GIT_AUTHOR_NAME');
  });
});

describe('a bare repository', () => {
  it('moves its default branch', async () => {
    const made = await openFresh().repositories.create(7, { defaultBranch: 'main' });
    await setDefaultBranch(made, 'stable/1');
    expect(await readDefaultBranch(made)).toBe('stable/1');
    await expect(setDefaultBranch(made, '--x')).rejects.toMatchObject({ code: 'bad_name' });
  });

  it('keeps a commit that no branch leads to, without showing it', async () => {
    const made = await openFresh().repositories.create(7, { defaultBranch: 'main' });
    const work = makeRepository(temporary.fresh('work'));
    const sha = commit(work, 'Lost');
    git(work, 'push', '--quiet', made.gitDir, 'HEAD:refs/heads/x');
    await keepCommit(made, sha);
    await keepCommit(made, sha);
    git(work, 'push', '--quiet', made.gitDir, ':refs/heads/x');
    expect(await listRefs(made)).toEqual([]);
    git(made.gitDir, 'gc', '--quiet', '--prune=now');
    expect(git(made.gitDir, 'cat-file', '-t', sha)).toBe('commit');
    await dropKeptCommit(made, sha);
    await dropKeptCommit(made, sha);
    git(made.gitDir, 'gc', '--quiet', '--prune=now');
    await expect(keepCommit(made, sha)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is packed by its upkeep, which removes old locks and drafts and leaves new ones', async () => {
    const made = await openFresh().repositories.create(7, { defaultBranch: 'main' });
    const at = (name: string) => join(made.gitDir, name);
    mkdirSync(at('objects/tmp_objdir-incoming-a'));
    mkdirSync(at('objects/tmp_objdir-incoming-b'));
    for (const name of ['packed-refs.lock', 'HEAD.lock', 'refs/heads/main.lock', 'objects/pack/pack-1.keep'])
      writeFileSync(at(name), '');
    const old = realClock.now() / 1000 - 25 * 3600;
    const leftBehind = [
      'objects/tmp_objdir-incoming-a',
      'objects/pack/pack-1.keep',
      'packed-refs.lock',
      'refs/heads/main.lock',
    ];
    for (const name of leftBehind) utimesSync(at(name), old, old);
    await maintain(made, { clock: realClock });
    expect(leftBehind.filter((name) => existsSync(at(name)))).toEqual([]);
    expect(existsSync(at('objects/tmp_objdir-incoming-b'))).toBe(true);
    expect(existsSync(at('HEAD.lock'))).toBe(true);
  });

  it('gets one pack of many by its upkeep', async () => {
    const { repository, work } = await makeBare(temporary);
    git(repository.gitDir, 'config', 'gc.autoPackLimit', '2');
    for (const name of ['a', 'b', 'c']) {
      commit(work, name, { [name]: name });
      await runClient(work, ['push', repository.gitDir, 'main']);
      git(repository.gitDir, 'repack', '--quiet', '-d');
    }
    await maintain(repository, { clock: realClock });
    expect(git(repository.gitDir, 'count-objects', '-v')).toMatch(/packs: 1$/m);
  });

  it('says what it takes on the disk', async () => {
    const made = await openFresh().repositories.create(7, { defaultBranch: 'main' });
    const before = await sizeOf(made);
    writeFileSync(join(made.gitDir, 'objects/big'), Buffer.alloc(1 << 20, 1));
    const after = await sizeOf(made);
    expect(after.files).toBe(before.files + 1);
    expect(after.bytes - before.bytes).toBeGreaterThanOrEqual(1 << 20);
  });
});

it('no hook runs, whoever put it there, and the server has no say in what a git finds in its environment', async () => {
  const { server, push } = await startPushing(temporary);
  const { gitDir } = server.repository;
  for (const name of ['pre-receive', 'update', 'post-receive', 'reference-transaction', 'post-update'])
    write(join(gitDir, 'hooks'), { [name]: `#!/bin/sh\nenv >${gitDir}/ran-${name}\nexit 1\n` });
  execFileSync('chmod', ['-R', '+x', join(gitDir, 'hooks')]);
  expect((await push('origin', 'main')).code).toBe(0);
  expect(readdirSync(gitDir).filter((name) => name.startsWith('ran-'))).toEqual([]);
  const bin = temporary.fresh('bin');
  write(bin, { git: `#!/bin/sh\nenv >${gitDir}/environment\nexec git "$@"\n` });
  chmodSync(join(bin, 'git'), 0o755);
  vi.stubEnv('EPILOGUE_SECRET', 'x');
  Object.assign(server.repository, { start: { ...server.repository.start, file: join(bin, 'git') } });
  await push('origin', 'main:other');
  vi.unstubAllEnvs();
  const names = readFileSync(join(gitDir, 'environment'), 'utf8').match(/^\w+(?==)/gm);
  expect(names?.filter((name) => !/^(?:GIT_|PATH$|LC_ALL$|TZ$|HOME$|PWD$|SHLVL$|OLDPWD$|_$)/.test(name))).toEqual([]);
});

itAsRoot('a repository whose files bear another user id is ours all the same', async () => {
  const { server, work, push } = await startPushing(temporary);
  await push('origin', 'main');
  execFileSync('chown', ['-R', '65534:65534', server.repository.gitDir]);
  commit(work, 'More');
  expect((await push('origin', 'main')).code).toBe(0);
  expect(await resolveRevision(server.repository, 'main')).toMatchObject({ sha: git(work, 'rev-parse', 'HEAD') });
  expect(await client(work, 'ls-remote', server.url, 'main')).toContain('refs/heads/main');
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeAsRoot } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { maintain, openRepositories } from '../index.ts';
import { gitsIn } from '../testing/git-server.ts';
import { drafts, halfPush, rawPush, refsOf, startPushing, ZEROS } from '../testing/raw-push.ts';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { runClient } from '../testing/run-client.ts';

const temporary = useTemporaryDirectory();

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** With `die` it is killed by itself once a push has moved its refs, before anybody is told. */
const SERVE = `
  const { openGitServer } = await import(process.argv[1]);
  const server = await openGitServer(process.argv[2]);
  server.lines = () => (process.argv[3] === 'die' ? process.kill(process.pid, 'SIGKILL') : []);
  console.log(server.url);
`;

/** A server in a process of its own. */
async function startProcess(mode = '') {
  const root = temporary.fresh('root');
  const face = join(import.meta.dirname, '../testing/git-server.ts');
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVE, face, root, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [url] = await once(createInterface(child.stdout), 'line');
  const repository = openRepositories({ root, path: process.env.PATH ?? '' }).at(1);
  return { child, url: String(url), repository, work: makeRepository(temporary.fresh('work')) };
}

describe('a server that is killed', () => {
  it('in the middle of a push leaves no git behind and no ref moved; upkeep clears what git drafted', async () => {
    const server = await startProcess();
    const { ended } = rawPush(server, halfPush(server.work), 'open');
    await vi.waitFor(() => expect(drafts(server)).toHaveLength(1), { timeout: 10_000 });
    server.child.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(gitsIn(server.repository)).toEqual([]), { timeout: 10_000 });
    expect(await refsOf(server)).toEqual({});
    const later = { ...realClock, now: () => realClock.now() + 25 * 60 * 60_000 };
    await maintain(server.repository, { clock: later });
    expect(drafts(server)).toEqual([]);
  });

  it('between the move of a ref and the word of it leaves the ref, for whoever compares', async () => {
    const server = await startProcess('die');
    const { code } = await runClient(server.work, ['push', server.url, 'main']);
    expect(code).not.toBe(0);
    expect(await refsOf(server)).toEqual({ 'refs/heads/main': git(server.work, 'rev-parse', 'HEAD') });
  });
});

describe('a pusher that leaves', () => {
  it.each(Array.from({ length: 24 }, (_, index) => index / 23))(
    'after %d of its push: what is told is what is there',
    async (part) => {
      const { server, work } = await startPushing(temporary);
      for (let count = 0; count < 5; count += 1) commit(work, `${count}`, { file: `${count} ${'x'.repeat(999)}` });
      const sha = git(work, 'rev-parse', 'HEAD');
      const pack = execFileSync('git', ['pack-objects', '--stdout', '--revs', '-q'], { cwd: work, input: `${sha}\n` });
      const line = `${ZEROS} ${sha} refs/heads/main\0report-status side-band-64k`;
      const body = Buffer.concat([Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`), pack]);
      const { request } = rawPush(server, Buffer.alloc(0), 'open');
      const sent = Promise.withResolvers<unknown>();
      request.write(body.subarray(0, Math.max(1, Math.floor(part * body.length))), sent.resolve);
      await sent.promise;
      request.destroy();
      await expect.poll(() => server.endings.length, { timeout: 10_000 }).toBe(1);
      expect(gitsIn(server.repository)).toEqual([]);
      const told = server.finished.flatMap(({ refs }) => refs.filter(({ accepted }) => accepted));
      expect(Object.fromEntries(told.map(({ ref, newSha }) => [ref, newSha]))).toEqual(await refsOf(server));
      expect(drafts(server)).toEqual([]);
      git(server.repository.gitDir, 'fsck', '--strict');
    },
  );
});

describe('at the same time', () => {
  it('two pushes of one branch: one is in, the other is told, and each is reported as it was', async () => {
    const { server, work, push } = await startPushing(temporary);
    await push('origin', 'main');
    const other = temporary.fresh('other');
    git(temporary.dir, 'clone', '--quiet', work, other);
    const shas = [commit(work, 'One'), commit(other, 'Other')];
    // Both have decided on the same old value before either goes on.
    const both = Promise.withResolvers<void>();
    let decided = 0;
    server.decide = async ({ commands }) => {
      decided += 1;
      if (decided === 2) both.resolve();
      await both.promise;
      return commands.map(() => 'allow');
    };
    const codes = await Promise.all([push('origin', 'main'), runClient(other, ['push', server.url, 'main'])]);
    expect(codes.map(({ code }) => code).sort()).toEqual([0, 1]);
    const winner = codes.findIndex(({ code }) => code === 0);
    expect((await refsOf(server))['refs/heads/main']).toBe(shas[winner]);
    const told = server.finished.slice(1).flatMap(({ refs }) => refs.filter(({ accepted }) => accepted));
    expect(told.map(({ newSha }) => newSha)).toEqual([shas[winner]]);
  });

  it('pushes, fetches and upkeep do not hinder one another', async () => {
    const { server, work, push } = await startPushing(temporary);
    for (let round = 0; round < 5; round += 1) {
      commit(work, `Round ${round}`, { file: `${round}` });
      const results = await Promise.all([
        push('origin', `HEAD:refs/heads/b${round}`),
        runClient(work, ['fetch', server.url, '+refs/heads/*:refs/got/*']),
        maintain(server.repository, { clock: realClock }),
      ]);
      expect(results[0].stderr).not.toMatch(/error|fatal/);
      expect(results[1].stderr).not.toMatch(/error|fatal/);
    }
    expect(Object.keys(await refsOf(server))).toHaveLength(5);
    git(server.repository.gitDir, 'fsck', '--strict');
  });
});

describeAsRoot('a full disk', () => {
  it('refuses a push and a new repository, leaves nothing of them, and gives what it has', async () => {
    const { server, work, push } = await startPushing(temporary);
    await push('origin', 'main');
    const before = await refsOf(server);
    const { gitDir } = server.repository;
    const root = join(gitDir, '../..');
    const disk = temporary.fresh('disk');
    execFileSync('mkdir', ['-p', disk]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      execFileSync('cp', ['-a', `${root}/.`, disk]);
      const small = openRepositories({ root: disk, path: process.env.PATH ?? '' });
      Object.assign(server, { repository: small.at(1) });
      expect(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(1 << 20))).toThrow('ENOSPC');
      commit(work, 'More', { more: 'x'.repeat(10_000) });
      const { code, stderr } = await push('origin', 'main');
      expect(code).toBe(1);
      expect(stderr).toMatch(/No space left|unable to/);
      expect(server.finished.at(-1)?.refs[0]).toMatchObject({ accepted: false });
      await expect(small.create(2, { defaultBranch: 'main' })).rejects.toMatchObject({ code: 'disk_full' });
      expect(small.has(2)).toBe(false);
      expect(await refsOf(server)).toEqual(before);
      const copy = await runClient(temporary.dir, ['clone', '--quiet', server.url, temporary.fresh('copy')]);
      expect(copy.code).toBe(0);
      rmSync(join(disk, 'rest'));
      expect((await push('origin', 'main')).code).toBe(0);
      await small.create(2, { defaultBranch: 'main' });
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

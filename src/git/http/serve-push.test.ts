import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { refsOf, startPushing, ZEROS } from '../testing/raw-push.ts';
import { commit, git, useTemporaryDirectory } from '../testing/repository.ts';
import { client } from '../testing/run-client.ts';

const temporary = useTemporaryDirectory();

describe('a push over HTTP', () => {
  it('moves refs, tells of each and of the options, and prints lines', async () => {
    const { server, work, push } = await startPushing(temporary);
    git(work, 'tag', 'v1');
    server.lines = () => ['', 'View pipeline:\u001b[31m', '  http://localhost/x/-/pipelines/1'];
    const first = await push('-o', 'ci.skip', '-o', 'ci.variable=A=ü', 'origin', 'main', 'v1');
    expect(first.stderr).toContain('remote: View pipeline: [31m');
    expect(first.stderr).toContain('remote:   http://localhost/x/-/pipelines/1');
    const sha = git(work, 'rev-parse', 'HEAD');
    const made = { oldSha: ZEROS, newSha: sha, accepted: true, reason: null };
    expect(server.finished).toEqual([
      {
        options: ['ci.skip', 'ci.variable=A=ü'],
        refs: [
          { ref: 'refs/heads/main', ...made },
          { ref: 'refs/tags/v1', ...made },
        ],
      },
    ]);
    const next = commit(work, 'Next');
    expect((await push('origin', 'main', ':v1')).code).toBe(0);
    expect(server.finished[1]?.refs).toEqual([
      { ref: 'refs/heads/main', oldSha: sha, newSha: next, accepted: true, reason: null },
      { ref: 'refs/tags/v1', oldSha: sha, newSha: ZEROS, accepted: true, reason: null },
    ]);
    expect(await refsOf(server)).toEqual({ 'refs/heads/main': next });
    await expect
      .poll(() => server.endings.filter((ending) => ending !== null), { timeout: 5000 })
      .toEqual(server.finished);
  });

  it('lets some refs pass and says why others do not', async () => {
    const { server, work, push } = await startPushing(temporary);
    git(work, 'branch', 'ä-free');
    server.decide = ({ commands }) =>
      commands.map(({ ref }) => (ref === 'refs/heads/main' ? { refuse: 'main is protected\nnow' } : 'allow'));
    const { code, stderr } = await push('origin', 'main', 'ä-free');
    expect(code).toBe(1);
    expect(stderr).toMatch(/! \[remote rejected\]\s+main -> main \(main is protected now\)/);
    expect(Object.keys(await refsOf(server))).toEqual(['refs/heads/ä-free']);
    expect(server.finished[0]?.refs.map(({ accepted }) => accepted)).toEqual([true, false].reverse());
  });

  it('of which all is refused never reaches git', async () => {
    const { server, work, push } = await startPushing(temporary);
    server.decide = ({ commands }) => commands.map(() => ({ refuse: 'no' }));
    writeFileSync(join(work, 'big'), randomBytes(3_000_000));
    commit(work, 'Big');
    const { stderr } = await push('origin', 'main');
    expect(stderr).toContain('(no)');
    expect(await refsOf(server)).toEqual({});
  });

  it('that is atomic is refused whole', async () => {
    const { server, work, push } = await startPushing(temporary);
    git(work, 'branch', 'free');
    server.decide = ({ commands }) => commands.map(({ ref }) => (ref.endsWith('main') ? { refuse: 'no' } : 'allow'));
    const { stderr } = await push('--atomic', 'origin', 'main', 'free');
    expect(stderr).toContain('atomic push failed: another ref was refused');
    expect(await refsOf(server)).toEqual({});
  });

  it('may be forced, but not for a branch that must not be, and what comes with that', async () => {
    const { server, work, push } = await startPushing(temporary);
    git(work, 'branch', 'free');
    await push('origin', 'main', 'free');
    const before = await refsOf(server);
    git(work, 'commit', '--quiet', '--amend', '-m', 'Other');
    git(work, 'branch', '-f', 'free');
    server.decide = ({ commands }) => commands.map(({ ref }) => (ref.endsWith('main') ? 'fast_forward_only' : 'allow'));
    const { stderr } = await push('--force', 'origin', 'main', 'free');
    expect(stderr).toMatch(/main -> main \(non-fast-forward\)/);
    expect(stderr).toMatch(/free -> free \(forced, in one push with a branch that must not be: push it on its own\)/);
    expect(await refsOf(server)).toEqual(before);
    expect((await push('--force', 'origin', 'free')).code).toBe(0);
    commit(work, 'On top');
    git(work, 'reset', '--quiet', '--soft', before['refs/heads/main'] ?? '');
    commit(work, 'Fast forward');
    expect((await push('origin', 'main')).code).toBe(0);
  });

  it.each(['0', '1', '2'])('comes from clients of version %s, and from shallow clones', async (version) => {
    const { server, work, push } = await startPushing(temporary);
    commit(work, 'Second');
    expect((await push('origin', 'main')).code).toBe(0);
    const copy = temporary.fresh('copy');
    const settings = ['-c', `protocol.version=${version}`];
    await client(temporary.dir, ...settings, 'clone', '--quiet', '--depth=1', server.url, copy);
    const sha = commit(copy, 'From the end of the history');
    await client(copy, ...settings, 'push', '--quiet', 'origin', 'main');
    expect(await refsOf(server)).toEqual({ 'refs/heads/main': sha });
    git(server.repository.gitDir, 'fsck', '--strict', '--connectivity-only');
  });

  it('of a thousand refs is told whole', async () => {
    const { server, work, push } = await startPushing(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    const refs = Array.from({ length: 1000 }, (_, index) => `${sha} refs/heads/b${index}`);
    writeFileSync(join(work, '.git/packed-refs'), `# pack-refs with: sorted\n${refs.sort().join('\n')}\n`);
    server.decide = ({ commands }) => commands.map((_, index) => (index % 2 === 0 ? 'allow' : { refuse: 'odd' }));
    await push('origin', 'refs/heads/b*:refs/heads/b*');
    expect(server.finished[0]?.refs.filter(({ accepted }) => accepted)).toHaveLength(500);
    expect(Object.keys(await refsOf(server))).toHaveLength(500);
    server.limits = { ...server.limits, push: { ...server.limits.push, commands: 400 } };
    expect((await push('origin', 'refs/heads/b*:refs/heads/b*')).code).not.toBe(0);
    await expect.poll(() => server.endings.at(-1), { timeout: 5000 }).toBe('bad_request');
  });

  it('that nobody decides on in time fails, and its lines are left out when they take too long', async () => {
    const { server, push } = await startPushing(temporary);
    server.limits = { ...server.limits, push: { ...server.limits.push, decideMs: 200, finishedMs: 200 } };
    const late = Promise.withResolvers<readonly string[]>();
    server.lines = () => late.promise;
    expect((await push('origin', 'main')).code).toBe(0);
    late.resolve(['too late']);
    server.decide = () => new Promise(() => {});
    expect((await push('origin', 'main:x')).code).not.toBe(0);
    await expect.poll(() => server.endings.at(-1), { timeout: 5000 }).toBe('git_timeout');
  });

  it('has had its answer when what comes after it fails', async () => {
    const { server, push } = await startPushing(temporary);
    server.lines = () => Promise.reject(new Error('no database'));
    expect((await push('origin', 'main')).code).toBe(0);
    await vi.waitFor(() => expect(server.endings.at(-1)).toBe('Error: no database'), { timeout: 5000 });
  });
});

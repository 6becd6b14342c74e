import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { gitsIn } from '../testing/git-server.ts';
import { drafts, halfPush, rawPush, refsOf, startPushing, ZEROS } from '../testing/raw-push.ts';
import { commit, git, useTemporaryDirectory, write } from '../testing/repository.ts';

const temporary = useTemporaryDirectory();

describe('a push that must not come in', () => {
  it('is told that its pack is too large', async () => {
    const { server, work, push } = await startPushing(temporary);
    server.limits = { ...server.limits, push: { ...server.limits.push, packBytes: 2_000_000 } };
    write(work, { big: '' });
    writeFileSync(join(work, 'big'), randomBytes(3_000_000));
    commit(work, 'Big');
    // Chunked, so that nothing says before how large it is.
    const { code, stderr } = await push('origin', 'main');
    expect(code).not.toBe(0);
    expect(stderr).toContain('pack exceeds maximum allowed size');
    expect(server.finished[0]?.refs[0]).toMatchObject({ accepted: false });
    expect(await refsOf(server)).toEqual({});
    await vi.waitFor(() => expect(drafts(server)).toEqual([]), { timeout: 5000 });
  });

  it('is told that what it brings is broken', async () => {
    const { server, work, push } = await startPushing(temporary);
    const blob = git(work, 'hash-object', '-w', 'README.md');
    const tree = execTree(work, `100644 blob ${blob}\t.git\n`);
    const sha = git(work, 'commit-tree', '-m', 'Evil', tree);
    const { stderr } = await push('origin', `${sha}:refs/heads/evil`);
    expect(stderr).toContain('hasDotgit');
    expect(await refsOf(server)).toEqual({});
  });

  it.each(['', '0000', '0009done\n', 'hello world', '0032want '])('is a bad request: %j', async (body) => {
    const { server } = await startPushing(temporary);
    await rawPush(server, Buffer.from(body)).ended;
    await vi.waitFor(() => expect([null, 'bad_request']).toContain(server.endings[0]), { timeout: 5000 });
    expect(server.finished).toEqual([]);
  });

  it('lies about what was there', async () => {
    const { server, work, push } = await startPushing(temporary);
    await push('origin', 'main');
    const sha = git(work, 'rev-parse', 'HEAD');
    const line = `${ZEROS} ${ZEROS.replace(/0/g, '1')} refs/heads/main\0report-status`;
    const body = `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`;
    await rawPush(server, Buffer.from(body)).ended;
    expect(server.finished.at(-1)?.refs[0]).toMatchObject({ accepted: false });
    expect(await refsOf(server)).toEqual({ 'refs/heads/main': sha });
  });

  it.each([
    'refs/heads/../x',
    'refs/heads/a b',
    'main',
    'refs/heads/-x',
    'refs/heads/x.lock',
    'HEAD',
    'refs/heads/\u00ff',
  ])('names a ref %j', async (name) => {
    const { server, work, push } = await startPushing(temporary);
    await push('origin', 'main:keep');
    const sha = git(work, 'rev-parse', 'HEAD');
    const line = Buffer.from(`${ZEROS} ${sha} ${name}\0report-status`, 'latin1');
    const length = (line.length + 4).toString(16).padStart(4, '0');
    const empty = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
    const { ended } = rawPush(server, Buffer.concat([Buffer.from(length), line, Buffer.from('0000'), empty]));
    expect(await ended).toMatch(/ng /);
    expect(Object.keys(await refsOf(server))).toEqual(['refs/heads/keep']);
  });
});

describe('a pusher that is gone', () => {
  it('in the middle of its pack moves nothing and leaves no git behind', async () => {
    const { server, work } = await startPushing(temporary);
    const { request } = rawPush(server, halfPush(work), 'open');
    await vi.waitFor(() => expect(gitsIn(server.repository).length).toBeGreaterThan(0), { timeout: 5000 });
    request.destroy();
    await vi.waitFor(() => expect(server.endings).toEqual(['canceled']), { timeout: 10_000 });
    expect(gitsIn(server.repository)).toEqual([]);
    expect(await refsOf(server)).toEqual({});
    expect(drafts(server)).toEqual([]);
    expect(server.finished[0]?.refs[0]).toMatchObject({ accepted: false });
  });

  it('or silent in the middle of its pack is cut', async () => {
    const { server, work } = await startPushing(temporary);
    server.limits = { ...server.limits, stallMs: 300 };
    const { ended } = rawPush(server, halfPush(work), 'open');
    await ended;
    await expect.poll(() => server.endings, { timeout: 5000 }).toEqual(['stalled']);
    expect(gitsIn(server.repository)).toEqual([]);
    expect(drafts(server)).toEqual([]);
  });

  it('after its refs moved is found out, though git could not say so', async () => {
    const { server, work, push } = await startPushing(temporary);
    // A git that dies right after it has done all, before it reports.
    const bin = temporary.fresh('bin');
    write(bin, {
      git: '#!/bin/sh\ncase "$*" in *--advertise-refs*) ;; *receive-pack*) git "$@" >/dev/null; kill -9 $$ ;; esac\nexec git "$@"\n',
    });
    chmodSync(join(bin, 'git'), 0o755);
    const script = join(bin, 'git');
    Object.assign(server.repository, { start: { ...server.repository.start, file: script } });
    server.decide = ({ commands }) => commands.map(() => 'allow');
    await push('origin', 'main');
    expect(await refsOf(server)).toEqual({ 'refs/heads/main': git(work, 'rev-parse', 'HEAD') });
    expect(server.finished[0]?.refs[0]).toMatchObject({ ref: 'refs/heads/main', accepted: true });
  });
});

function execTree(work: string, text: string): string {
  return execFileSync('git', ['mktree'], { cwd: work, input: text, encoding: 'utf8' }).trim();
}

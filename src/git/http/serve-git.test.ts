import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { serveGit } from '../index.ts';
import { type GitServer, gitsIn } from '../testing/git-server.ts';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { client, runClient } from '../testing/run-client.ts';
import { startGitServer } from '../testing/start-git-server.ts';

const temporary = useTemporaryDirectory();

/** A server whose repository has what `work` has on `main`. */
async function startFilled(): Promise<{ server: GitServer; work: string }> {
  const server = await startGitServer(temporary.fresh('root'));
  const work = makeRepository(temporary.fresh('work'));
  git(work, 'push', '--quiet', server.repository.gitDir, 'main');
  return { server, work };
}

describe('a fetch over HTTP', () => {
  it.each(['0', '1', '2'])('gives a clone, and later what is new, in version %s of the protocol', async (version) => {
    const { server, work } = await startFilled();
    const copy = temporary.fresh('copy');
    const settings = ['-c', `protocol.version=${version}`];
    await client(temporary.dir, ...settings, 'clone', '--quiet', server.url, copy);
    expect(readFileSync(join(copy, 'README.md'), 'utf8')).toBe('hello\n');
    const sha = commit(work, 'More', { 'more.txt': 'more\n' });
    git(work, 'push', '--quiet', server.repository.gitDir, 'main');
    await client(copy, ...settings, 'fetch', '--quiet');
    expect(git(copy, 'rev-parse', 'origin/main')).toBe(sha);
    expect(server.versions[0]).toBe(version === '0' ? null : `version=${version}`);
    await expect.poll(() => server.endings, { timeout: 5000 }).not.toContainEqual(expect.any(String));
  });

  it.each(['0', '2'])('gives an empty repository, with its default branch, in version %s', async (version) => {
    const server = await startGitServer(temporary.fresh('root'));
    const copy = temporary.fresh('copy');
    await client(temporary.dir, '-c', `protocol.version=${version}`, 'clone', '--quiet', server.url, copy);
    expect(git(copy, 'for-each-ref')).toBe('');
  });

  it('gives the end of a history, and then more of it', async () => {
    const { server, work } = await startFilled();
    for (const name of ['b', 'c', 'd']) commit(work, name, { [name]: name });
    git(work, 'push', '--quiet', server.repository.gitDir, 'main');
    const copy = temporary.fresh('copy');
    await client(temporary.dir, 'clone', '--quiet', '--depth=1', server.url, copy);
    expect(git(copy, 'rev-list', '--count', 'HEAD')).toBe('1');
    await client(copy, 'fetch', '--quiet', '--deepen=2');
    expect(git(copy, 'rev-list', '--count', 'HEAD')).toBe('3');
    await client(copy, 'fetch', '--quiet', '--unshallow');
    expect(git(copy, 'rev-list', '--count', 'HEAD')).toBe('4');
  });

  it('gives a history without its files, and each file when it is needed', async () => {
    const { server } = await startFilled();
    const copy = temporary.fresh('copy');
    await client(temporary.dir, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', server.url, copy);
    expect(git(copy, 'rev-list', '--objects', '--missing=print', 'HEAD')).toMatch(/^\?/m);
    await client(copy, 'checkout', '--quiet', 'main');
    expect(readFileSync(join(copy, 'README.md'), 'utf8')).toBe('hello\n');
  });

  it.each(['0', '2'])(
    'gives a commit by its sha that no branch leads to, as runners ask for it, in version %s',
    async (version) => {
      const { server, work } = await startFilled();
      const sha = commit(work, 'Forced away');
      git(work, 'push', '--quiet', server.repository.gitDir, 'main');
      git(work, 'push', '--quiet', '--force', server.repository.gitDir, 'main~1:main');
      const copy = temporary.fresh('copy');
      git(temporary.dir, 'init', '--quiet', copy);
      const refspec = `+${sha}:refs/pipelines/1`;
      await client(copy, '-c', `protocol.version=${version}`, 'fetch', '--quiet', '--depth=20', server.url, refspec);
      expect(git(copy, 'rev-parse', 'refs/pipelines/1')).toBe(sha);
    },
  );

  it('gives a thousand branches', async () => {
    const { server, work } = await startFilled();
    const sha = git(work, 'rev-parse', 'HEAD');
    const refs = Array.from({ length: 1000 }, (_, index) => `${sha} refs/heads/b${index}`);
    writeFileSync(
      join(server.repository.gitDir, 'packed-refs'),
      `# pack-refs with: sorted\n${refs.sort().join('\n')}\n`,
    );
    expect((await client(work, 'ls-remote', '--heads', server.url)).split('\n')).toHaveLength(1001);
  });

  it('hides what is kept', async () => {
    const { server, work } = await startFilled();
    git(server.repository.gitDir, 'update-ref', `refs/keep/${git(work, 'rev-parse', 'HEAD')}`, 'main');
    expect(await client(work, 'ls-remote', server.url)).not.toContain('keep');
    const pushed = await runClient(work, ['push', server.url, 'HEAD:refs/keep/x']);
    expect(pushed.stderr).toContain('the name is reserved');
  });
});

function post(server: GitServer, body: Buffer, headers: Record<string, string> = {}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = httpRequest(
    `${server.url}/git-upload-pack`,
    { method: 'POST', headers, agent: false },
    (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode ?? 0));
    },
  );
  request.on('error', reject);
  request.end(body);
  return promise;
}

describe('a bad request', () => {
  it('that is no gzip, though it says so, fails', async () => {
    const { server } = await startFilled();
    expect(await post(server, Buffer.from('hello'), { 'content-encoding': 'gzip' })).toBe(500);
    await expect.poll(() => server.endings, { timeout: 5000 }).toEqual(['bad_request']);
  });

  it('that is packed, refused before anybody reads of it and then broken off, is heard by somebody', async () => {
    const { repository, limits } = (await startFilled()).server;
    const body = new PassThrough();
    const request = { service: 'git-receive-pack', protocol: null, body, gzip: true, push: null } as const;
    await expect(serveGit({ ...request, repository, limits })).rejects.toMatchObject({ code: 'bad_request' });
    // An error that nobody hears would be an uncaught exception, which fails this run.
    body.destroy(new Error('gone'));
    await once(body, 'close').catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('that is no git protocol fails with the words of git', async () => {
    const { server } = await startFilled();
    await post(server, Buffer.from('hello'));
    await expect.poll(() => server.endings, { timeout: 5000 }).toHaveLength(1);
    await vi.waitFor(() => expect(gitsIn(server.repository)).toEqual([]), { timeout: 5000 });
  });

  it('that unpacks to more than the limit is cut', async () => {
    const { server } = await startFilled();
    server.limits = { ...server.limits, fetchRequestBytes: 100_000 };
    const bomb = gzipSync(Buffer.from('0032want 0000000000000000000000000000000000000000\n'.repeat(20_000)));
    expect(bomb.length).toBeLessThan(10_000);
    await post(server, bomb, { 'content-encoding': 'gzip' });
    await vi.waitFor(() => expect(server.endings).toEqual(['request_too_large']), { timeout: 5000 });
  });

  it('that says how large it is, and is too large, is refused at once', async () => {
    const { server } = await startFilled();
    server.limits = { ...server.limits, fetchRequestBytes: 10 };
    expect(await post(server, Buffer.from('0'.repeat(100)))).toBe(413);
  });
});

it('a repository that is not there, or a git that is not, says so', async () => {
  const { server } = await startFilled();
  const request = { service: 'git-upload-pack', protocol: null, body: null, gzip: false, push: null } as const;
  const { repository, limits } = server;
  const gone = { ...repository, gitDir: `${repository.gitDir}.gone` };
  await expect(serveGit({ ...request, limits, repository: gone })).rejects.toMatchObject({ code: 'not_a_repository' });
  const helpless = { ...repository, start: { ...repository.start, env: { PATH: '/nowhere' } } };
  await expect(serveGit({ ...request, limits, repository: helpless })).rejects.toMatchObject({ code: 'git_missing' });
});

describe('a client that is gone', () => {
  /** A clone of more than any buffer on the way holds, by a client that reads nothing. */
  async function startUnread(server: GitServer, work: string) {
    write(work, { big: '' });
    writeFileSync(join(work, 'big'), randomBytes(14_000_000));
    git(work, 'config', 'core.compression', '0');
    const sha = commit(work, 'Big');
    git(work, 'push', '--quiet', server.repository.gitDir, 'main');
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    const body = `0032want ${sha}\n00000009done\n`;
    socket.write(`POST /x.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await vi.waitFor(() => expect(gitsIn(server.repository).length).toBeGreaterThan(0), { timeout: 5000 });
    return socket;
  }

  it('leaves no git behind when it hangs up', async () => {
    const { server, work } = await startFilled();
    const socket = await startUnread(server, work);
    socket.destroy();
    await vi.waitFor(() => expect(server.endings).toEqual(['canceled']), { timeout: 5000 });
    expect(gitsIn(server.repository)).toEqual([]);
  });

  it('leaves no git behind when it takes nothing for too long', async () => {
    const { server, work } = await startFilled();
    server.limits = { ...server.limits, stallMs: 300 };
    const socket = await startUnread(server, work);
    await vi.waitFor(() => expect(server.endings).toEqual(['stalled']), { timeout: 10_000 });
    expect(gitsIn(server.repository)).toEqual([]);
    socket.destroy();
  });

  it('leaves no git behind when it takes longer than one may', async () => {
    const { server, work } = await startFilled();
    server.limits = { ...server.limits, deadlineMs: 300 };
    const socket = await startUnread(server, work);
    await vi.waitFor(() => expect(server.endings).toEqual(['git_timeout']), { timeout: 5000 });
    expect(gitsIn(server.repository)).toEqual([]);
    socket.destroy();
  });
});

import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { startGitServer } from '../testing/start-git-server.ts';
import { type FetchCommit, fetchCommit } from './fetch-commit.ts';

const temporary = useTemporaryDirectory();

function request(changes: Partial<FetchCommit>): FetchCommit {
  return {
    directory: temporary.fresh('copy'),
    url: '',
    refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
    depth: 0,
    sha: '',
    objectFormat: 'sha1',
    submodules: 'none',
    environment: { PATH: process.env.PATH ?? '' },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('a commit', () => {
  it('is fetched and checked out, as deep as was asked', async () => {
    const server = await startGitServer(temporary.fresh('root'));
    const work = makeRepository(temporary.fresh('work'));
    git(work, 'commit', '--quiet', '--allow-empty', '--message=Second');
    git(work, 'push', '--quiet', server.repository.gitDir, 'main');
    const sha = git(work, 'rev-parse', 'main');
    const asked = request({ url: server.url, sha, depth: 1 });
    await fetchCommit(asked);
    expect(readFileSync(join(asked.directory, 'README.md'), 'utf8')).toBe('hello\n');
    expect(git(asked.directory, 'rev-parse', 'HEAD')).toBe(sha);
    expect(git(asked.directory, 'rev-list', '--count', 'HEAD')).toBe('1');
  });

  it('is fetched where a fetch before it failed', async () => {
    const work = makeRepository(temporary.fresh('work'));
    const sha = git(work, 'rev-parse', 'main');
    const asked = request({ url: work, sha });
    await expect(fetchCommit({ ...asked, refspecs: ['refs/heads/none'] })).rejects.toMatchObject({
      code: 'git_failed',
    });
    await fetchCommit(asked);
    expect(git(asked.directory, 'rev-parse', 'HEAD')).toBe(sha);
    expect(git(asked.directory, 'status', '--porcelain')).toBe('');
  });

  it('costs no more processes than it needs here', async () => {
    const work = makeRepository(temporary.fresh('work'));
    const trace = join(temporary.dir, 'trace');
    const environment = { PATH: process.env.PATH ?? '', GIT_TRACE2_EVENT: trace };
    await fetchCommit(request({ url: work, sha: git(work, 'rev-parse', 'main'), environment }));
    const names = [...readFileSync(trace, 'utf8').matchAll(/"event":"cmd_name".*"name":"([^"]*)"/g)];
    const here = names.map(([, name]) => name).filter((name) => name !== 'upload-pack' && name !== 'pack-objects');
    expect(here).toEqual(['init', 'fetch', 'unpack-objects', 'rev-list', 'checkout']);
  });

  it.each(['a "quoted" name', 'a back\\slash', 'a # hash ; and more'])(
    'leaves the address of its remote, of %j too, in the checkout',
    async (name) => {
      const work = makeRepository(join(temporary.fresh('root'), name));
      const asked = request({ url: work, sha: git(work, 'rev-parse', 'main') });
      await fetchCommit(asked);
      expect(git(asked.directory, 'remote', 'get-url', 'origin')).toBe(work);
      expect(git(asked.directory, 'config', 'remote.origin.fetch')).toBe('+refs/heads/*:refs/remotes/origin/*');
    },
  );

  it('is asked for with the credentials of the address, which stay out of the checkout and of messages', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const http = createServer(({ headers }, response) => {
      seen.push(headers);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    const { port } = http.address() as AddressInfo;
    const asked = request({ url: `http://ci:s%40cret@127.0.0.1:${port}/x.git`, sha: 'a'.repeat(40) });
    const failure = await fetchCommit(asked).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'git_failed' });
    expect(String(failure)).not.toMatch(/s@cret|s%40cret/);
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('ci:s@cret').toString('base64')}`);
    expect(readFileSync(join(asked.directory, '.git', 'config'), 'utf8')).not.toMatch(/cret|ci:/);
  });

  it('is not fetched any more once the job is cancelled', async () => {
    const asked = request({ url: '/nowhere', sha: 'a'.repeat(40), signal: AbortSignal.abort() });
    await expect(fetchCommit(asked)).rejects.toMatchObject({ code: 'canceled' });
  });
});

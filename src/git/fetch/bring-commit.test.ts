import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitRequest } from '../testing/commit-request.ts';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { PASSWORD, type SourcesServer, startSourcesServer } from '../testing/sources-server.ts';
import { bringCommit } from './bring-commit.ts';
import type { CommitRequest } from './commit-request.ts';

const temporary = useTemporaryDirectory();

interface Scene {
  readonly server: SourcesServer;
  readonly work: string;
  readonly said: string[];
  push(message: string, files?: Readonly<Record<string, string>>): string;
  request(changes: Partial<CommitRequest>): CommitRequest;
}

/** A server with a repository, a clone to push from, and one directory for jobs. */
async function scene(objectFormat: 'sha1' | 'sha256' = 'sha1'): Promise<Scene> {
  const server = await startSourcesServer(temporary.fresh('root'));
  const { gitDir } = await server.add('grp/demo', objectFormat);
  const work = makeRepository(temporary.fresh('work'), `--object-format=${objectFormat}`);
  const dir = temporary.fresh('job');
  const said: string[] = [];
  return {
    server,
    work,
    said,
    push(message, files = {}) {
      const sha = commit(work, message, files);
      git(work, 'push', '--quiet', '--force', gitDir, 'main');
      return sha;
    },
    request: (changes) => commitRequest(dir, { url: server.urlOf('grp/demo'), objectFormat, ...changes }, said),
  };
}

function fetches({ seen }: SourcesServer): number {
  return seen.filter(({ path }) => path.endsWith('/git-upload-pack')).length;
}

describe('a commit', () => {
  it('is fetched and checked out as deep as was asked, and says so', async () => {
    const { push, request, said } = await scene();
    push('Second');
    const sha = push('Third');
    const asked = request({ sha, depth: 2 });
    await bringCommit(asked);
    expect(readFileSync(join(asked.directory, 'README.md'), 'utf8')).toBe('hello\n');
    expect(git(asked.directory, 'rev-parse', 'HEAD', 'refs/remotes/origin/main')).toBe(`${sha}\n${sha}`);
    expect(git(asked.directory, 'rev-list', '--count', 'HEAD')).toBe('2');
    expect(git(asked.directory, 'status', '--porcelain')).toBe('');
    expect(said).toEqual([
      'info: Fetching changes with git depth set to 2...',
      `plain: Initialized empty Git repository in ${asked.directory}/.git/`,
      'info: Created fresh repository.',
      `info: Checking out ${sha.slice(0, 8)} as detached HEAD (ref is main)...`,
      'info: Skipping Git submodules setup',
    ]);
  });

  it('that is there needs no fetch, and the files of the job before are gone', async () => {
    const { server, push, request, said } = await scene();
    const sha = push('Second', { 'src/other.ts': 'x\n' });
    const refspecs = [`+${sha}:refs/pipelines/7`, '+refs/heads/main:refs/remotes/origin/main'];
    const asked = request({ sha, depth: 20, refspecs });
    await bringCommit(asked);
    const before = fetches(server);
    writeFileSync(join(asked.directory, 'README.md'), 'changed');
    mkdirSync(join(asked.directory, 'out'));
    writeFileSync(join(asked.directory, 'out', 'built'), '');
    said.length = 0;
    await bringCommit({ ...asked, refspecs: [`+${sha}:refs/pipelines/8`, refspecs[1] ?? ''] });
    expect(fetches(server)).toBe(before);
    expect(git(asked.directory, 'status', '--porcelain', '--ignored')).toBe('');
    expect(readFileSync(join(asked.directory, 'README.md'), 'utf8')).toBe('hello\n');
    expect(git(asked.directory, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/pipelines/8 ${sha}\nrefs/remotes/origin/main ${sha}`,
    );
    expect(said).toContain('plain: Removing out/');
  });

  it.each([
    ['another depth', { depth: 1 }],
    ['all branches', { refspecs: ['+refs/heads/*:refs/remotes/origin/*'] }],
    ['a tag that was not fetched', { refspecs: ['+refs/tags/v1:refs/tags/v1'] }],
  ])('is asked for again with %s', async (_, changes) => {
    const { server, push, request } = await scene();
    push('Second');
    const sha = push('Third');
    const asked = request({ sha, depth: 2 });
    await bringCommit(asked);
    const before = fetches(server);
    await bringCommit({ ...asked, ...changes }).catch(() => {});
    expect(fetches(server)).toBeGreaterThan(before);
  });

  it('is asked for again, deeper or less deep, after a script has changed how deep history is', async () => {
    const { push, request } = await scene();
    for (const message of ['Second', 'Third', 'Fourth']) push(message);
    const sha = push('Fifth');
    const asked = request({ sha, depth: 3 });
    await bringCommit(asked);
    git(asked.directory, 'update-ref', 'refs/remotes/origin/main', git(asked.directory, 'rev-parse', 'HEAD~1'));
    writeFileSync(join(asked.directory, '.git', 'shallow'), `${sha}\n`);
    await bringCommit(asked);
    expect(git(asked.directory, 'rev-list', '--count', 'HEAD')).toBe('3');
    await bringCommit({ ...asked, depth: 0 });
    expect(git(asked.directory, 'rev-list', '--count', 'HEAD')).toBe('5');
  });

  it('costs no more processes than it needs here', async () => {
    const { push, request } = await scene();
    const trace = join(temporary.fresh('trace'));
    const { environment } = request({});
    const asked = request({ sha: push('Second'), depth: 5, environment: { ...environment, GIT_TRACE2_EVENT: trace } });
    const started = async (): Promise<readonly (string | undefined)[]> => {
      rmSync(trace, { force: true });
      mkdirSync(join(trace, '..'), { recursive: true });
      await bringCommit(asked);
      return [...readFileSync(trace, 'utf8').matchAll(/"event":"cmd_name".*"name":"([^"]*)"/g)].map(([, name]) => name);
    };
    expect(await started()).toEqual(['fetch', '_run_dashed_', 'remote-curl', 'unpack-objects', 'rev-list', 'checkout']);
    expect(await started()).toEqual(['checkout', 'clean']);
  });

  it('of a repository with other object names is fetched, and found again', async () => {
    const { push, request, server } = await scene('sha256');
    const sha = push('Second');
    const asked = request({ sha, depth: 1 });
    await bringCommit(asked);
    const before = fetches(server);
    await bringCommit(asked);
    expect(git(asked.directory, 'rev-parse', 'HEAD')).toBe(sha);
    expect(fetches(server)).toBe(before);
  });

  it('is asked for with the credentials of the address, which stay out of the checkout and of messages', async () => {
    const { server, push, request } = await scene();
    const asked = request({ sha: push('Second') });
    await bringCommit(asked);
    const everything = readdirSync(asked.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(everything).not.toMatch(/cret|gitlab-ci-token/);
    expect(git(asked.directory, 'remote', 'get-url', 'origin')).toBe(`${server.origin}/grp/demo.git`);
    server.refuse = 403;
    const failure = await bringCommit({ ...asked, sha: 'a'.repeat(40) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'git_failed' });
    expect(String(failure)).not.toContain(PASSWORD);
    expect(String(failure)).not.toContain(encodeURIComponent(PASSWORD));
  });

  it('keeps what is there while the server is away', async () => {
    const { server, push, request } = await scene();
    const asked = request({ sha: push('Second'), depth: 1 });
    await bringCommit(asked);
    server.refuse = 503;
    const next = { ...asked, sha: push('Third') };
    await expect(bringCommit(next)).rejects.toMatchObject({ code: 'git_failed' });
    expect(existsSync(join(asked.directory, 'README.md'))).toBe(true);
    server.refuse = null;
    await bringCommit(next);
    expect(git(asked.directory, 'rev-parse', 'HEAD')).toBe(next.sha);
  });

  it('may leave the files as they are, or keep those that nobody knows', async () => {
    const { push, request, said } = await scene();
    const asked = request({ sha: push('Second') });
    await bringCommit(asked);
    writeFileSync(join(asked.directory, 'made'), '');
    writeFileSync(join(asked.directory, 'README.md'), 'changed');
    const next = { ...asked, sha: push('Third', { 'new.txt': 'x' }) };
    await bringCommit({ ...next, checkout: false });
    expect(readFileSync(join(asked.directory, 'README.md'), 'utf8')).toBe('changed');
    expect(said.at(-1)).toBe('info: Skipping Git checkout');
    await bringCommit({ ...next, cleanFlags: null });
    expect(readdirSync(asked.directory).toSorted()).toEqual(['.git', 'README.md', 'made', 'new.txt', 'src']);
    await bringCommit({ ...next, cleanFlags: ['-ffdx', '-e', 'made'] });
    expect(existsSync(join(asked.directory, 'made'))).toBe(true);
    await bringCommit({ ...next, isFresh: true });
    expect(readdirSync(asked.directory).toSorted()).toEqual(['.git', 'README.md', 'new.txt', 'src']);
  });

  it('is not fetched any more once the job is cancelled', async () => {
    const asked = commitRequest(temporary.fresh('job'), {
      url: '/nowhere',
      sha: 'a'.repeat(40),
      signal: AbortSignal.abort(),
    });
    await expect(bringCommit(asked)).rejects.toMatchObject({ code: 'canceled' });
  });

  it('that cannot be written says where', async () => {
    const asked = commitRequest(temporary.fresh('job'), { url: '/nowhere', sha: 'a'.repeat(40) });
    const file = `${asked.directory}-file`;
    writeFileSync(file, '');
    const message = `cannot write the sources to ${file}/copy`;
    await expect(bringCommit({ ...asked, directory: join(file, 'copy') })).rejects.toMatchObject({
      ...{ code: 'sources_unwritable', message },
    });
  });
});

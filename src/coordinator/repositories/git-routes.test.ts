import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listRefs, readDefaultBranch } from '../../git/index.ts';
import { type GitClient, makeGitClient } from '../testing/git-client.ts';
import { findProjectForPush } from './push/project-for-push.ts';
import { openRepositoryServer, type RepositoryServer } from './testing/open-repository-server.ts';

let server: RepositoryServer;
let client: GitClient;

beforeEach(async () => {
  server = await openRepositoryServer();
  client = await makeGitClient(server.parts.dataDir);
});
afterEach(async () => {
  expect(server.parts.complaints).toEqual([]);
  await server.close();
});

const FILES = { '.gitlab-ci.yml': 'test: {script: make}\n' };

describe('who may', () => {
  it('asks those who do not say who they are, and lets anybody read what is public', async () => {
    await server.makeProject({ files: FILES });
    const refs = `${server.remote(null)}/info/refs?service=git-upload-pack`;
    const asked = await fetch(refs);
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Epilogue"']);
    expect((await client.run('ls-remote', server.remote('nonsense'))).stderr).toContain('Authentication failed');
    server.visibility = 'public';
    expect(await client.git('ls-remote', server.remote(null))).toContain('refs/heads/main');
    expect((await client.run('push', server.remote(null), 'HEAD:x')).code).not.toBe(0);
  });

  it('tells a stranger that there is no such project, and a guest that files are not for guests', async () => {
    await server.makeProject({ files: FILES });
    const stranger = await client.run('ls-remote', server.remote('stranger'));
    expect(stranger.stderr).toContain('There is no such project');
    expect((await client.run('ls-remote', server.remote('guest'))).stderr).toContain('may not read the files');
    expect(await client.git('ls-remote', server.remote('reporter'))).toContain('refs/heads/main');
  });

  it('lets a token do what its scopes say', async () => {
    await server.makeProject({ files: FILES });
    await client.commit({ a: '1' });
    expect(await client.git('ls-remote', server.remote('reading'))).toContain('refs/heads/main');
    const refused = await client.run('push', server.remote('reading'), 'HEAD:one');
    expect(refused.stderr).toContain('lacks the scope write_repository');
    expect((await client.run('push', server.remote('writing'), 'HEAD:one')).code).toBe(0);
    expect((await client.run('push', server.remote('reporter'), 'HEAD:two')).stderr).toContain('You may not push');
  });

  it('lets a job read its own project, under its own name only, while its token is good', async () => {
    const { id } = await server.makeProject({ files: FILES });
    await server.makeProject({ path: 'other', files: FILES });
    server.jobs.set('job-1', id);
    const as = (name: string, path?: string) => client.run('ls-remote', server.remote('job-1', path, name));
    expect((await as('gitlab-ci-token')).stdout).toContain('refs/heads/main');
    expect((await as('gitlab-ci-token', 'other')).stderr).toContain('There is no such project');
    expect((await as('somebody')).stderr).toContain('Authentication failed');
    await client.commit({ a: '1' });
    const pushed = await client.run('push', server.remote('job-1', 'shop', 'gitlab-ci-token'), 'HEAD:x');
    expect(pushed.stderr).toContain('You may not push');
    server.jobs.clear();
    expect((await as('gitlab-ci-token')).stderr).toContain('Authentication failed');
  });

  it('refuses a push to an archived project, which can still be read', async () => {
    const { id } = await server.makeProject({ files: FILES });
    await server.parts.store.write(async ({ query }) => {
      await query.updateTable('projects').set({ archived: 1 }).where('id', '=', id).execute();
    });
    await client.commit({ a: '1' });
    expect((await client.run('push', server.remote('maintainer'), 'HEAD:x')).stderr).toContain('archived');
    expect((await client.run('ls-remote', server.remote('maintainer'))).code).toBe(0);
  });
});

it('makes the project that somebody pushes to when they may, with its first branch as the default one', async () => {
  await client.commit({ a: '1' });
  await client.git('branch', '-m', 'trunk');
  expect((await client.run('push', server.remote('developer', 'new'), 'trunk')).stderr).toContain('no such project');
  const { code, stderr } = await client.run('push', server.remote('maintainer', 'new'), 'trunk');
  expect(stderr).toContain('[new branch]');
  expect(code).toBe(0);
  const [project] = await Promise.all([server.parts.store.read((db) => findProjectForPush(db, 1))]);
  expect(project).toMatchObject({
    fullPath: 'group/new',
    defaultBranch: 'trunk',
    protectedRefs: [{ kind: 'branch', pattern: 'trunk', pushRole: 40 }],
  });
  expect(await readDefaultBranch(server.parts.repositories.at(1))).toBe('trunk');
  await client.git('clone', '--quiet', server.remote('reporter', 'new'), 'copy');
  expect(await client.git('-C', 'copy', 'branch', '--show-current')).toBe('trunk');
});

it('serves whole, shallow and partial clones, by versions 0 and 2 of the protocol', async () => {
  const { id } = await server.makeProject({ files: { 'a.txt': 'a\n' } });
  await client.git('remote', 'add', 'origin', server.remote('maintainer'));
  await client.git('pull', '--quiet', 'origin', 'main');
  const sha = await client.commit({ 'b.txt': 'b\n' });
  await client.git('push', '--quiet', 'origin', 'main');
  const from = server.remote('reporter');
  for (const version of ['0', '2']) {
    await client.git('-c', `protocol.version=${version}`, 'clone', '--quiet', from, `v${version}`);
    expect(await client.git('-C', `v${version}`, 'rev-list', '--count', 'HEAD')).toBe('2');
  }
  await client.git('clone', '--quiet', '--depth=1', from, 'shallow');
  expect(await client.git('-C', 'shallow', 'rev-list', '--count', 'HEAD')).toBe('1');
  await client.git('clone', '--quiet', '--filter=blob:none', '--no-checkout', from, 'partial');
  expect(await client.git('-C', 'partial', 'rev-list', '--objects', '--missing=print', 'HEAD')).toContain('?');
  await client.git('init', '--quiet', 'runner');
  await client.git('-C', 'runner', 'fetch', '--quiet', '--depth=1', from, `+${sha}:refs/pipelines/1`);
  expect(await client.git('-C', 'runner', 'rev-parse', 'refs/pipelines/1')).toBe(sha);
  expect((await listRefs(server.parts.repositories.at(id))).map(({ name }) => name)).toEqual(['refs/heads/main']);
});

it('answers what is no request of git', async () => {
  await server.makeProject({ files: FILES });
  const as = { authorization: `Basic ${Buffer.from('x:reporter').toString('base64')}` };
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${server.remote(null)}${path}`, { headers: as, ...init })).status;
  expect(await status('/info/refs')).toBe(403);
  expect(await status('/info/refs?service=git-upload-archive')).toBe(403);
  expect(await status('/HEAD')).toBe(404);
  expect(await status('/git-upload-pack', { method: 'POST', body: 'zzzz' })).toBeLessThan(500);
  for (const name of ['..%2f..', 'shop.git%2f..', '%00', '%ff', `${'x'.repeat(1_000)}`]) {
    const { status: answered } = await fetch(`${server.base}/group/${name}.git/info/refs?service=git-upload-pack`, {
      headers: as,
    });
    expect([400, 404], name).toContain(answered);
  }
});

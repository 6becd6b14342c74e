import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitFiles } from '../testing/commit-files.ts';
import type { TestProject } from '../testing/make-project.ts';
import { openRepositoryServer, type RepositoryServer } from './testing/open-repository-server.ts';

let server: RepositoryServer;
let project: TestProject;
let second: string;

beforeAll(async () => {
  server = await openRepositoryServer();
  project = await server.makeProject({ files: { 'README.md': 'hello\n', 'src/a/b.txt': 'one\ntwo\n' } });
  const { parts } = server;
  const files = { 'src/a/b.txt': 'one\n2\n', 'ünï\n.txt': 'x\n' };
  second = commitFiles(parts, project.id, { files, message: 'Second\n\nBody', ref: 'refs/heads/main' });
  commitFiles(parts, project.id, { files: { z: '1' }, ref: 'refs/heads/feature/x' });
  commitFiles(parts, project.id, { files: { z: '1' }, ref: 'refs/tags/v1' });
});
afterAll(async () => {
  expect(server.parts.complaints).toEqual([]);
  await server.close();
});

function ask(path: string, { token = 'reporter', method = 'GET' } = {}): Promise<Response> {
  const url = `${server.base}/api/v4/projects/group%2Fshop/repository/${path}`;
  return fetch(url, { method, headers: { 'private-token': token } });
}
// biome-ignore lint/suspicious/noExplicitAny: what the server answers
const read = async (path: string): Promise<any> => {
  const response = await ask(path);
  expect(response.status, path).toBe(200);
  return await response.json();
};

it('lists branches and tags, and shows one, also with a slash in its name', async () => {
  const list = await ask('branches?per_page=1');
  expect(Object.fromEntries(list.headers)).toMatchObject({ 'x-total': '2', 'x-next-page': '2' });
  expect((await read('branches?search=^ma')).map(({ name }: { name: string }) => name)).toEqual(['main']);
  expect(await read('branches/main')).toMatchObject({
    name: 'main',
    default: true,
    merged: false,
    protected: false,
    can_push: false,
    commit: {
      id: second,
      short_id: second.slice(0, 8),
      title: 'Second',
      committed_date: '2026-01-02T03:04:06.000+00:00',
    },
    web_url: 'http://ci.example/group/shop/-/tree/main',
  });
  expect(await read('branches/feature%2Fx')).toMatchObject({ name: 'feature/x', default: false });
  expect((await ask('branches/nope')).status).toBe(404);
  expect(await (await ask('branches/nope')).json()).toEqual({ message: '404 Branch Not Found' });
  expect(await read('tags')).toMatchObject([{ name: 'v1', message: '', release: null, protected: false }]);
  expect((await ask('tags/none')).status).toBe(404);
});

it('lists commits by ref, path and time, and tells what one changed', async () => {
  const titles = async (query: string) => (await read(`commits${query}`)).map(({ title }: { title: string }) => title);
  expect(await titles('')).toEqual(['Second', 'Start']);
  expect(await titles('?ref_name=feature/x')).toEqual(['Change']);
  expect(await titles('?path=README.md')).toEqual(['Start']);
  expect(await titles('?since=2027-01-01T00:00:00Z')).toEqual([]);
  const first = await ask('commits?per_page=1');
  expect([first.headers.get('x-next-page'), first.headers.get('x-total')]).toEqual(['2', null]);
  expect((await ask('commits?ref_name=nope')).status).toBe(404);
  expect((await ask('commits?since=yesterday')).status).toBe(400);
  expect(await read(`commits/${second.slice(0, 10)}`)).toMatchObject({
    id: second,
    parent_ids: [project.sha],
    message: 'Second\n\nBody',
    stats: { additions: 2, deletions: 1, total: 3 },
    project_id: project.id,
    last_pipeline: null,
  });
  expect(await read('commits/main/diff')).toEqual([
    expect.objectContaining({ old_path: 'src/a/b.txt', diff: '@@ -1,2 +1,2 @@\n one\n-two\n+2\n', new_file: false }),
    expect.objectContaining({ new_path: 'ünï\n.txt', diff: '@@ -0,0 +1 @@\n+x\n', new_file: true, a_mode: '0' }),
  ]);
  expect(await read(`commits/${project.sha}/refs`)).toEqual([{ type: 'branch', name: 'main' }]);
  expect((await ask(`commits/${'0'.repeat(40)}`)).status).toBe(404);
});

it('compares, and finds where two parted', async () => {
  const answer = await read(`compare?from=${project.sha}&to=main`);
  expect(answer).toMatchObject({ commit: { id: second }, commits: [{ id: second }], compare_same_ref: false });
  expect(answer.diffs).toHaveLength(2);
  expect(await read(`merge_base?refs[]=${project.sha}&refs[]=main`)).toMatchObject({ id: project.sha });
  expect((await ask('merge_base?refs[]=main&refs[]=feature/x')).status).toBe(404);
  expect((await ask('compare?from=main')).status).toBe(400);
});

it('lists a directory, whole or in pages by number or by key', async () => {
  const paths = async (query: string) => (await read(`tree${query}`)).map(({ path }: { path: string }) => path);
  expect(await paths('?ref=v1')).toEqual(['z']);
  expect(await paths('?path=src')).toEqual(['src/a']);
  expect(await paths(`?recursive=true&ref=${project.sha}`)).toEqual(['README.md', 'src', 'src/a', 'src/a/b.txt']);
  const page = await ask(`tree?recursive=true&ref=${project.sha}&per_page=3&pagination=keyset`);
  const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  expect(await paths(new URL(next).search)).toEqual(['src/a/b.txt']);
  expect((await ask('tree?path=nope')).status).toBe(404);
  expect((await ask('tree?ref=nope')).status).toBe(404);
});

it('gives files as JSON, as bytes and as headers, and blobs by their sha', async () => {
  const file = await read('files/src%2Fa%2Fb.txt?ref=main');
  expect(file).toMatchObject({
    file_name: 'b.txt',
    file_path: 'src/a/b.txt',
    size: 6,
    content: Buffer.from('one\n2\n').toString('base64'),
    ref: 'main',
    commit_id: second,
    last_commit_id: second,
    execute_filemode: false,
  });
  expect(await (await ask('files/README.md/raw')).text()).toBe('hello\n');
  const head = await ask('files/README.md?ref=main', { method: 'HEAD' });
  expect([head.status, head.headers.get('x-gitlab-size'), head.headers.get('x-gitlab-last-commit-id')]).toEqual([
    200,
    '6',
    project.sha,
  ]);
  expect((await ask(`files/${encodeURIComponent('ünï\n.txt')}`)).headers.get('x-gitlab-file-name')).toContain('%0A');
  expect(await read(`blobs/${file.blob_id}`)).toMatchObject({ size: 6, sha: file.blob_id });
  expect(await (await ask(`blobs/${file.blob_id}/raw`)).text()).toBe('one\n2\n');
  for (const sha of [second, '0'.repeat(40), 'HEAD', '--batch']) {
    expect([(await ask(`blobs/${sha}`)).status, (await ask(`blobs/${sha}/raw`)).status], sha).toEqual([404, 404]);
  }
});

it('packs a commit, or a directory of it, in the format that is asked for', async () => {
  const tar = await ask('archive.tar.gz?sha=main');
  expect(tar.headers.get('content-disposition')).toBe(`attachment; filename="shop-main-${second}.tar.gz"`);
  expect(gunzipSync(Buffer.from(await tar.arrayBuffer())).toString('latin1')).toContain(
    `shop-main-${second}/README.md`,
  );
  const zip = Buffer.from(await (await ask('archive.zip?path=src')).arrayBuffer());
  expect(zip.toString('latin1', 0, 2)).toBe('PK');
  expect(zip.includes('README')).toBe(false);
  expect((await ask('archive')).status).toBe(200);
  expect((await ask('archive.tar.xz')).status).toBe(404);
  expect((await ask('archive.zip?sha=nope')).status).toBe(404);
  expect((await ask('archive.zip?path=nope')).status).toBe(404);
});

it('answers hostile names and paths without trouble, and tells those who may not nothing', async () => {
  for (const path of [
    '../x',
    '%2e%2e',
    'a%00b',
    '/etc/passwd',
    '--output=x',
    ':(top)',
    '.git/config',
    'x'.repeat(1_500),
  ]) {
    const name = encodeURIComponent(decodeURIComponent(path));
    const requests = [`files/${name}?ref=main`, `files/${name}/raw`, `tree?path=${name}`, `tree?ref=${name}`]
      .concat([`commits?path=${name}`, `commits?ref_name=${name}`, `commits/${name}`, `branches/${name}`])
      .concat([`archive.zip?sha=${name}`, `archive.zip?path=${name}`, `compare?from=${name}&to=main`]);
    for (const request of requests) {
      const { status } = await ask(request);
      const isList = request.startsWith('commits?path');
      expect([...(isList ? [200] : []), 400, 404], `${request} ${status}`).toContain(status);
    }
  }
  expect((await ask('tree', { token: 'guest' })).status).toBe(403);
  expect((await ask('tree', { token: 'stranger' })).status).toBe(404);
  expect((await ask('tree', { token: 'nobody' })).status).toBe(401);
});

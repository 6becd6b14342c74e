import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isPageAddress } from '../http/index.ts';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';

const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
let all: ServedAll;

beforeEach(async () => {
  all = await serveAll();
});
afterEach(async () => {
  expect(all.parts.complaints).toEqual([]);
  await all.close();
});

function build(files: Readonly<Record<string, string>>): void {
  mkdirSync(all.parts.pageDir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(all.parts.pageDir, name), text);
}

const open = (path: string, headers: Readonly<Record<string, string>> = { accept }) =>
  all.ask('GET', path, { as: 'nobody', headers });

it('says what is missing where nothing was built, and serves the rest', async () => {
  const answer = await open('/group/shop');
  expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('bin/setup builds it')]);
  expect((await open('/api/reference')).status).toBe(200);
  build({ 'index.html': '<!doctype html>' });
  expect((await open('/group/shop')).text).toBe('<!doctype html>');
});

it('answers every view to a browser with the one document, which holds nothing and takes nothing from elsewhere', async () => {
  build({ 'index.html': '<!doctype html>page' });
  for (const path of ['/', '/group/shop/-/jobs/1', '/no/such/project', '/users/sign_in', '/a/b/c/-/pipelines?ref=x']) {
    const { status, text, headers } = await open(path);
    expect([path, status, text]).toEqual([path, 200, '<!doctype html>page']);
    expect(headers).toMatchObject({ vary: 'Accept', 'cache-control': 'no-cache', 'referrer-policy': 'same-origin' });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
    );
  }
  // Others want it as text, and are told who may see it.
  expect((await open('/group/shop/-/pipelines', {})).status).toBe(404);
  expect((await open('/', {})).status).toBe(302);
});

it('stands in the way of no other address that a browser opens', () => {
  const asked = all.routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  const filled = asked.map((path) => path.replace('/:id/', '/group/shop/').replaceAll(/:\w+|\*/g, '1'));
  expect(filled.filter(isPageAddress)).toEqual([
    '/',
    '/group/shop/-/pipelines',
    '/group/shop/-/pipelines/1',
    '/group/shop/-/jobs/1',
  ]);
});

it('gives files for a year, compressed as they were built, and nothing but files of the page', async () => {
  build({ 'main.abc123.js': 'plain', 'main.abc123.js.gz': 'gzipped', 'main.abc123.js.br': 'brotli', 'x.css': 'css' });
  build({ 'secret.txt': 's', 'index.html': 'd' });
  const ask = async (encoding: string) => {
    const { text, headers } = await open('/-/page/main.abc123.js', { 'accept-encoding': encoding });
    return [text, headers['content-encoding'], headers['content-type']];
  };
  const type = 'text/javascript; charset=utf-8';
  expect(await ask('gzip, deflate, br, zstd')).toEqual(['brotli', 'br', type]);
  expect(await ask('gzip')).toEqual(['gzipped', 'gzip', type]);
  expect(await ask('')).toEqual(['plain', undefined, type]);
  expect((await open('/-/page/x.css', { 'accept-encoding': 'br' })).headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  for (const name of ['secret.txt', 'index.html', 'gone.js', '..%2Fpage%2Fx.css', '%2e%2e', 'main.abc123.js.br']) {
    const { status, headers } = await open(`/-/page/${name}`);
    expect([name, status, headers['cache-control']]).toEqual([name, 404, 'no-store']);
  }
});

it('says in one call who looks and what they may do', async () => {
  const session = async (as: 'nobody' | 'stranger' | 'guest' | 'developer' | 'administrator', project = 'GROUP/shop') =>
    (await all.ask('GET', `/-/page/session?project=${encodeURIComponent(project)}`, { as })).json;
  expect(await session('nobody')).toEqual({
    user: null,
    csrf_token: null,
    may: expect.arrayContaining(['project.list']),
    project: null,
    version: '0.0.0-test',
  });
  expect((await session('stranger')).project).toBeNull();
  const { user, may, project } = await session('developer', String(all.project.id));
  expect(user).toMatchObject({ username: 'developer', is_admin: false, has_password: false });
  expect(may).not.toContain('user.manage');
  expect(project).toMatchObject({ id: all.project.id, path_with_namespace: 'group/shop', visibility: 'private' });
  expect(project.may).toContain('job.run');
  expect(project.may).not.toContain('job.force');
  expect((await session('guest')).project.may).not.toContain('job.run');
  expect((await session('administrator')).project.may).toContain('pipeline.delete');
  expect((await session('administrator')).may).toContain('user.manage');
  expect((await session('developer', 'no/such')).project).toBeNull();
  expect((await session('developer', '\u0000')).error).toContain('project');
});

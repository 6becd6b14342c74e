import { expect, it } from 'vitest';
import { isPageAddress, pageUrl } from './page-address.ts';

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

it.each([
  '/',
  '/admin/obligations',
  '/users/sign_in',
  '/projects/new',
  '/-/user_settings/personal_access_tokens',
  '/ana/shop',
  '/ana/shop/',
  '/ana/shop.git',
  '/a/b/c.d/e_f',
  '/ana/shop/-/pipelines',
  '/ana/shop/-/pipelines/new',
  '/a/b/c/-/pipelines/12/builds',
  '/12/-/jobs/9112',
  '/ana/shop/-/jobs/9112/artifacts/browse',
  '/ana/shop/-/jobs/9112/artifacts/browse/-/deep/a%20b',
  '/ana/shop/-/settings/ci_cd',
  '/ana/shop/-/settings/access_tokens',
  '/admin/projects',
])('knows %s as a view', (path) => expect(isPageAddress(path)).toBe(true));

it.each([
  '/users/sign_in/link',
  '/users/sign_out',
  '/api/v4/projects',
  '/api/reference',
  '/-/health',
  '/-/page/index',
  '/-/page/main.abc.js',
  '/metrics',
  '/ana',
  '/12',
  '/API/v4/projects',
  '/ana/shop.git/info/refs',
  '/ana/shop/git-upload-pack',
  '/ana/shop/-/jobs/9112/raw',
  '/ana/shop/-/jobs/9112/artifacts/browse/"><script>',
  '/ana/shop/-/pipelines/x',
  '/ana/shop/-/nothing',
  '//evil.example/a',
  '/\\evil.example/a',
  `/a/${'b'.repeat(5_000)}`,
  '/ana/"><script>',
  '/ana/shop\r\nset-cookie: a',
])('leaves %s to the routes', (path) => expect(isPageAddress(path)).toBe(false));

it('is for who asks for HTML, and only to look', () => {
  const asked = (method: string, accept?: string) =>
    pageUrl('/ana/shop/-/jobs/1?x=/api/', method, accept === undefined ? {} : { accept });
  expect([asked('GET', HTML), asked('HEAD', HTML)]).toEqual(['/-/page/index', '/-/page/index']);
  expect([asked('POST', HTML), asked('GET', '*/*'), asked('GET')]).toEqual([null, null, null]);
});

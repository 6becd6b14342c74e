import { expect, it } from 'vitest';
import { compilePattern } from './pattern.ts';

it.each([
  ['/:project/-/jobs/:job', '/ana/shop/-/jobs/9', { project: 'ana/shop', job: '9' }],
  ['/:project/-/jobs/:job', '/a/b/c/-/jobs/9/', { project: 'a/b/c', job: '9' }],
  ['/:project/-/jobs/:job', '/17/-/jobs/9', { project: '17', job: '9' }],
  ['/:project/-/jobs/:job', '/ana/shop/-/jobs/9/raw', null],
  [
    '/:project/-/jobs/:job/artifacts/browse/*',
    '/a/s/-/jobs/9/artifacts/browse',
    { project: 'a/s', job: '9', rest: '' },
  ],
  [
    '/:project/-/jobs/:job/artifacts/browse/*',
    '/a/s/-/jobs/9/artifacts/browse/x%20y/z',
    { project: 'a/s', job: '9', rest: 'x y/z' },
  ],
  ['/:project', '/ana/shop', { project: 'ana/shop' }],
  ['/', '/', {}],
  ['/', '/ana', null],
  ['/:project', '/%ff', null],
])('%s and %s', (pattern, path, params) => {
  expect(compilePattern(pattern)(path)).toEqual(params);
});

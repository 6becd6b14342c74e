import { expect, it } from 'vitest';
import { addressOf } from './address-of.ts';

it('encodes a project path as one segment, keeps the slashes of a file, repeats lists and opens records', () => {
  const params = { id: 'ana/shop', job_id: 9, '*': 'a b/c' };
  expect(addressOf('/api/v4/projects/:id/jobs/:job_id/artifacts/*', params, {})).toBe(
    '/api/v4/projects/ana%2Fshop/jobs/9/artifacts/a%20b/c',
  );
  expect(addressOf('/api/v4/events', {}, { 'watch[]': ['job:1', 'log:1'], page: undefined })).toBe(
    '/api/v4/events?watch%5B%5D=job%3A1&watch%5B%5D=log%3A1',
  );
  expect(addressOf('/api/v4/x', {}, { filter: { environment_scope: 'a*', other: undefined } })).toBe(
    '/api/v4/x?filter%5Benvironment_scope%5D=a*',
  );
});

import { expect, it } from 'vitest';
import { payload } from '../../../../test/support/jobs/payload.ts';
import { cleanupKey } from './cleanup-key.ts';

it('is the one that the payload brings', () => {
  expect(cleanupKey(payload({ cleanup_key: 'k-1' }))).toBe('k-1');
});

it('without one differs by server and job, and is the same for every attempt', () => {
  const server = (value: string) => [
    { key: 'CI_SERVER_URL', value, public: true, masked: false, file: false, raw: true },
  ];
  const jobs = [
    payload({ id: 1, variables: server('https://a.example') }),
    payload({ id: 2, variables: server('https://a.example') }),
    payload({ id: 1, variables: server('https://b.example') }),
  ];
  expect(new Set(jobs.map(cleanupKey)).size).toBe(3);
  expect(jobs.map(cleanupKey)).toEqual(jobs.map(cleanupKey));
});

import { expect, it } from 'vitest';
import { restAfter } from './tell-pipeline.ts';

it('rests the longer the more there was to read, and never long enough to be noticed as still', () => {
  expect([restAfter(0), restAfter(2), restAfter(50), restAfter(5_000)]).toEqual([0, 18, 450, 1_000]);
});

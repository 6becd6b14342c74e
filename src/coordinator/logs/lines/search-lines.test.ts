import { expect, it } from 'vitest';
import type { LineSource } from './line-source.ts';
import { searchLines } from './search-lines.ts';

const LINE = 'needle in hay\n';
/** More than is read at once. */
const LOG = Buffer.from(LINE.repeat(100_000));

function source(): LineSource {
  return {
    jobId: 1,
    resends: 0,
    sizeBytes: LOG.length,
    total: 100_000,
    isGrowing: false,
    errorLine: null,
    async *read(from, to) {
      yield LOG.subarray(from, to);
    },
    before: async () => ({ offset: 0, newlines: 0 }),
    within: async () => ({ offset: 0, newlines: 0 }),
    at: async () => ({ offset: 0, newlines: 0 }),
    sections: () => Promise.reject(new Error('nobody asks for them')),
  };
}

it('goes through all of a log', async () => {
  const pace = { now: () => 0, giveWay: async () => {}, signal: new AbortController().signal };
  expect(await searchLines(source(), { text: 'absent', from: 0 }, pace)).toEqual({ lines: [], nextOffset: null });
});

it('ends at its next step when nobody waits any more', async () => {
  const asked = new AbortController();
  let nowMs = 0;
  let gaveWay = 0;
  const pace = {
    // Each look at the clock takes as long as a slice, so that it gives way at every step.
    now: () => {
      nowMs += 10;
      return nowMs;
    },
    giveWay: async () => {
      gaveWay += 1;
      asked.abort();
    },
    signal: asked.signal,
  };
  const { nextOffset } = await searchLines(source(), { text: 'absent', from: 0 }, pace);
  expect(gaveWay).toBe(1);
  expect(nextOffset).toBeLessThan(LOG.length / 2);
});

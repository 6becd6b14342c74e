import { expect, it } from 'vitest';
import type { LogSource, SearchAnswer } from './answers.ts';
import { nextFound, openSearch } from './search.ts';

function sourceOf(search: LogSource['search']): LogSource {
  return { search, lines: () => Promise.reject(new Error('not asked')) };
}

it('goes on until the whole log is searched, and names each line once', async () => {
  const pages: Record<number, SearchAnswer> = {
    0: { lines: [1, 5], next_offset: 100, searched: 100, size: 200 },
    100: { lines: [5, 9], next_offset: null, searched: 200, size: 200 },
  };
  const search = openSearch(sourceOf(async ({ from }) => pages[from] ?? Promise.reject(new Error('beside'))));
  await search.start('error');
  expect(search.found.value).toEqual({ text: 'error', lines: [1, 5, 9], searched: 1, isDone: true, trouble: null });
  search.stop();
  expect(search.found.value).toBeNull();
});

it('ends with an answer that does not go on, with what was found', async () => {
  const search = openSearch(sourceOf(async () => ({ lines: [3], next_offset: 0, searched: 0, size: 10 })));
  await search.start('a');
  expect(search.found.value).toMatchObject({ lines: [3], isDone: true });
});

it('says why a search ended, and lets an older one go', async () => {
  const held = Promise.withResolvers<SearchAnswer>();
  const search = openSearch(sourceOf(({ text }) => (text === 'slow' ? held.promise : Promise.reject(new Error('no')))));
  const slow = search.start('slow');
  await search.start('b');
  held.resolve({ lines: [1], next_offset: null, searched: 1, size: 1 });
  await slow;
  expect(search.found.value).toEqual({ text: 'b', lines: [], searched: 0, isDone: true, trouble: 'no' });
});

it('walks through what was found, around both ends', () => {
  const lines = [2, 5, 9];
  expect([nextFound(lines, 4, 1), nextFound(lines, 9, 1), nextFound(lines, 5, -1), nextFound(lines, 2, -1)]).toEqual([
    5, 2, 2, 9,
  ]);
  expect(nextFound([], 4, 1)).toBeNull();
});

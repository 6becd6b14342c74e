import { expect, it } from 'vitest';
import { connectionsWithin } from './listen.ts';

const limits = (files: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax processes             1                    1                    processes\nMax open files            ${files.padEnd(20)} ${files.padEnd(20)} files\n`;

it.each([
  ['1048576', 25_000],
  ['unlimited', 25_000],
  ['20000', 18_000],
  ['1024', 512],
])('leaves files for what is not a connection: of %s', (files, most) => {
  expect(connectionsWithin(limits(files), 25_000)).toBe(most);
});

it('takes what is not said for no limit', () => {
  expect(connectionsWithin(null, 25_000)).toBe(25_000);
});

import { expect, it } from 'vitest';
import { compileRegex } from './regex.ts';

const matches = (source: string, text: string) => [...(compileRegex(source, '')?.matches(text) ?? [])];

it('gives each match: the last group that took part, or all of it when there is none', () => {
  expect(matches('\\d+%', '1% 2% x')).toEqual(['1%', '2%']);
  expect(matches('(\\w+): (\\d+)', 'a: 1, b: 2')).toEqual(['1', '2']);
  expect(matches('(a)|(b)', 'ab')).toEqual(['a', 'b']);
  expect(matches('(?P<n>(?i)x)?', 'xX')).toEqual(['x', 'X', '']);
  expect(matches('none', 'x')).toEqual([]);
});

import { expect, it } from 'vitest';
import { extended, lineAddress, readLineAddress } from './line-address.ts';

it.each([
  ['#L1', { first: 0, last: 0 }, '#L1'],
  ['L120-180', { first: 119, last: 179 }, '#L120-180'],
  ['#L120-L180', { first: 119, last: 179 }, '#L120-180'],
  [':120', { first: 119, last: 119 }, '#L120'],
  ['#L180-120', { first: 119, last: 179 }, '#L120-180'],
])('reads %s and writes it', (hash, range, written) => {
  expect(readLineAddress(hash)).toEqual(range);
  expect(lineAddress(range)).toBe(written);
});

it.each(['', '#', '#L0', '#L-1', '#Lx', '#L1-', '#L12345678901', '#main', '#L1-0'])('takes %j for no line', (hash) => {
  expect(readLineAddress(hash)).toBeNull();
});

it('reaches from the line that was named to the one that is clicked with shift', () => {
  expect(extended(null, 7)).toEqual({ first: 7, last: 7 });
  expect(extended({ first: 5, last: 5 }, 9)).toEqual({ first: 5, last: 9 });
  expect(extended({ first: 5, last: 9 }, 2)).toEqual({ first: 2, last: 9 });
});

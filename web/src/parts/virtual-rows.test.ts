import { expect, it } from 'vitest';
import { rowsToDraw } from './virtual-rows.ts';

const EVEN = new Map([[0, 40]]);
const of = (abovePx: number, count = 5_000) => rowsToDraw({ count, abovePx, viewPx: 800, known: EVEN });

it('draws all rows of a list that is not long', () => {
  expect(of(0, 200)).toEqual({ from: 0, to: 200, beforePx: 0, afterPx: 0 });
});

it('draws what is seen and some more of a long one, and leaves the room of the others', () => {
  expect(of(0)).toEqual({ from: 0, to: 60, beforePx: 0, afterPx: 4_940 * 40 });
  expect(of(100_000)).toEqual({ from: 2_480, to: 2_560, beforePx: 2_480 * 40, afterPx: 2_440 * 40 });
  expect(of(5_000 * 40 - 800)).toEqual({ from: 4_960, to: 5_000, beforePx: 4_960 * 40, afterPx: 0 });
});

it.each([-10_000, 0, 123, 77_777, 199_200, 1_000_000])('covers the window wherever that is (%i px)', (abovePx) => {
  const { from, to, beforePx, afterPx } = of(abovePx);
  expect(beforePx + (to - from) * 40 + afterPx).toBe(5_000 * 40);
  expect(from).toBeLessThan(to);
  const [top, bottom] = [Math.max(0, abovePx), Math.min(5_000 * 40, abovePx + 800)];
  if (top < bottom) expect([from * 40 <= top, to * 40 >= bottom]).toEqual([true, true]);
});

/** Names that wrap: the first row is low, as is not usual. */
const heightOf = (row: number): number => (row === 0 || row % 3 === 0 ? 44 : 104);

it.each([0, 9_000, 20_000, 25_000])('covers it where rows differ, as they were measured (%i px)', (abovePx) => {
  const count = 300;
  const heights = Array.from({ length: count }, (_, row) => heightOf(row));
  const sum = (from: number, to: number): number => heights.slice(from, to).reduce((all, px) => all + px, 0);
  const known = new Map(heights.entries());
  const { from, to, beforePx, afterPx } = rowsToDraw({ count, abovePx, viewPx: 1_400, known });
  expect([beforePx, afterPx]).toEqual([sum(0, from), sum(to, count)]);
  expect(beforePx).toBeLessThanOrEqual(abovePx);
  expect(sum(0, to)).toBeGreaterThanOrEqual(Math.min(sum(0, count), abovePx + 1_400));
});

it('takes rows that nobody has seen yet to be as high as the others are', () => {
  const known = new Map(Array.from({ length: 60 }, (_, row) => [row, heightOf(row)]));
  const { from, beforePx } = rowsToDraw({ count: 300, abovePx: 20_000, viewPx: 800, known });
  expect(from).toBe(200);
  expect(beforePx).toBe(200 * 84);
});

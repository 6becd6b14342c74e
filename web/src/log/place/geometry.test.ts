import { expect, it } from 'vitest';
import {
  greatestStep,
  type Heights,
  isAtEnd,
  lastPosition,
  moveBy,
  positionAt,
  positionOfRow,
  rowsInView,
  scrollerHeight,
  scrollTopOf,
  TOP,
} from './geometry.ts';

const SMALL: Heights = { rows: 1_000, view: 800, usual: 20, known: null };
const LARGE: Heights = { rows: 10_000_000, view: 800, usual: 20, known: null };
/** Every tenth row is wrapped to five. */
const WRAPPED: Heights = {
  rows: 200,
  view: 800,
  usual: 20,
  known: new Map(Array.from({ length: 20 }, (_, i) => [i * 10, 100])),
};

it('is exact where all rows fit into a scroller', () => {
  expect(scrollerHeight(SMALL)).toBe(20_000);
  expect(positionAt(SMALL, 1_234)).toEqual({ row: 61, px: 14 });
  expect(scrollTopOf(SMALL, { row: 61, px: 14 })).toBe(1_234);
});

it('has a scroller of at most 8 million pixels, whose ends are the ends of the log', () => {
  expect(scrollerHeight(LARGE)).toBe(8_000_000);
  expect(positionAt(LARGE, 0)).toEqual(TOP);
  expect(positionAt(LARGE, 8_000_000 - 800)).toEqual({ row: 9_999_960, px: 0 });
  expect(positionAt(LARGE, 4_000_000 - 400).row).toBe(4_999_980);
});

it.each([
  ['small', SMALL],
  ['large', LARGE],
  ['wrapped', WRAPPED],
])('comes back to where the scroller stood: %s', (_, heights) => {
  const room = scrollerHeight(heights) - heights.view;
  for (const share of [0, 0.1, 0.25, 0.5, 0.77, 0.999, 1]) {
    const top = Math.floor(room * share);
    expect(Math.abs(scrollTopOf(heights, positionAt(heights, top)) - top)).toBeLessThanOrEqual(1);
  }
});

it('moves by as many pixels as the wheel does, however long the log is', () => {
  const from = { row: 5_000_000, px: 7 };
  expect(moveBy(LARGE, from, 120)).toEqual({ row: 5_000_006, px: 7 });
  expect(moveBy(LARGE, from, -20)).toEqual({ row: 4_999_999, px: 7 });
  expect(120).toBeLessThan(greatestStep(LARGE));
});

it('stops at both ends', () => {
  for (const heights of [SMALL, LARGE, WRAPPED]) {
    expect(moveBy(heights, { row: 3, px: 0 }, -5_000)).toEqual(TOP);
    const end = moveBy(heights, { row: heights.rows - 3, px: 0 }, 5_000);
    expect(end).toEqual(lastPosition(heights));
    expect(isAtEnd(heights, end)).toBe(true);
    expect(isAtEnd(heights, moveBy(heights, end, -20))).toBe(false);
  }
});

it('moves through wrapped rows by their own heights, there and back', () => {
  expect(moveBy(WRAPPED, TOP, 100)).toEqual({ row: 1, px: 0 });
  expect(moveBy(WRAPPED, TOP, 99)).toEqual({ row: 0, px: 99 });
  const there = moveBy(WRAPPED, { row: 57, px: 3 }, 640);
  expect(moveBy(WRAPPED, there, -640)).toEqual({ row: 57, px: 3 });
});

it('shows a log that is shorter than the view from its top', () => {
  const short: Heights = { rows: 3, view: 800, usual: 20, known: null };
  expect(lastPosition(short)).toEqual(TOP);
  expect(lastPosition({ ...short, known: new Map() })).toEqual(TOP);
  expect(isAtEnd(short, TOP)).toBe(true);
  expect(scrollerHeight(short)).toBe(800);
  expect(positionAt({ ...short, known: new Map() }, 5)).toEqual(TOP);
  expect(rowsInView({ ...short, rows: 0 }, TOP, 10)).toEqual({ from: 0, to: 0 });
});

it('puts a row that was jumped to a third down the view', () => {
  expect(positionOfRow(LARGE, 7_000_000)).toEqual({ row: 6_999_986, px: 14 });
  expect(positionOfRow(LARGE, 3)).toEqual(TOP);
  expect(positionOfRow(SMALL, 5_000)).toEqual(lastPosition(SMALL));
});

it('names the rows that are seen, and some more', () => {
  expect(rowsInView(SMALL, { row: 100, px: 0 }, 5)).toEqual({ from: 95, to: 145 });
  expect(rowsInView(SMALL, { row: 100, px: 1 }, 0)).toEqual({ from: 100, to: 141 });
  expect(rowsInView(WRAPPED, { row: 10, px: 0 }, 0)).toEqual({ from: 10, to: 38 });
});

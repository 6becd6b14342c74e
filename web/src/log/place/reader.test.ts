import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import type { Extent } from '../lines/answers.ts';
import type { Log } from '../lines/open-log.ts';
import { lineOf } from './folds.ts';
import type { LineRange } from './line-address.ts';
import { Reader, ROW_PX } from './reader.ts';

const EXTENT: Extent = { total: 1_000, size: 1, resends: 0, growing: true, failed_line: null, sections: [] };

function section(start_line: number, end_line: number) {
  return { name: `s${start_line}`, is_collapsed: true, start_line, end_line, started_at: '', ended_at: null };
}

/** A reader of a log of which only the extent is known, in a view of 40 rows. */
function read(known: Partial<Extent> = {}, first: LineRange | null = null) {
  const extent = signal<Extent | null>({ ...EXTENT, ...known });
  const reader = new Reader({ extent, following: signal(false) } as unknown as Log, first);
  reader.resize(40 * ROW_PX, false);
  const top = () => lineOf(reader.folds.value, reader.position.value.row);
  const grow = (total: number) => {
    extent.value = { ...EXTENT, ...known, total };
  };
  return { reader, top, grow };
}

it('keeps the end in view while a log grows, until somebody scrolls up, and then counts what is new', () => {
  const { reader, top, grow } = read();
  expect([top(), reader.following.value]).toEqual([960, true]);
  grow(1_100);
  expect([top(), reader.unseen.value]).toEqual([1_060, 0]);
  reader.scroll({ by: -100 });
  grow(1_512);
  expect([top(), reader.following.value, reader.unseen.value]).toEqual([1_055, false, 412]);
  reader.follow();
  expect([top(), reader.unseen.value]).toEqual([1_472, 0]);
  reader.scroll({ by: -ROW_PX });
  reader.scroll({ by: ROW_PX });
  expect(reader.following.value).toBe(true);
});

it('opens where a job failed, unless the address names lines', () => {
  expect(read({ growing: false, failed_line: 500 }).top()).toBe(486);
  expect(read({ growing: false, failed_line: 500 }, { first: 99, last: 120 }).top()).toBe(85);
  expect(read({ growing: false }).top()).toBe(960);
});

it('folds what the log says, and opens what hides a line that is jumped to', () => {
  const sections = [section(10, 500), section(20, 300), section(600, 700)];
  const { reader } = read({ sections });
  expect(reader.heights.value.rows).toBe(1_000 - 489 - 99);
  reader.jump(100);
  expect(sections.map((one) => reader.isFolded(one))).toEqual([false, false, true]);
  expect(lineOf(reader.folds.value, reader.position.value.row)).toBe(86);
});

it('keeps the topmost line in its place while sections fold and lines wrap', () => {
  const { reader, top } = read({ sections: [section(10, 500)] });
  reader.jump(700);
  const before = top();
  reader.toggle(section(10, 500));
  expect(top()).toBe(before);
  reader.setWrap(true);
  expect(top()).toBe(before);
  reader.measure(new Map([[reader.position.value.row, 60]]));
  reader.scroll({ by: 60 });
  expect([top(), reader.position.value.px]).toEqual([before + 1, 0]);
});

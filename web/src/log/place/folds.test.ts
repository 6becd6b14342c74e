import { expect, it } from 'vitest';
import { foldsOf, isHidden, lineOf, NO_FOLDS, rowOf, type Section } from './folds.ts';

function section(start_line: number, end_line: number | null): Section {
  return { name: `s${start_line}`, is_collapsed: true, start_line, end_line, started_at: '', ended_at: null };
}

/** Which of the first lines are shown, counted the slow way. */
function shownOf(sections: readonly Section[], total: number): number[] {
  const hides = (line: number) =>
    sections.some(({ start_line, end_line }) => line > start_line && line < (end_line ?? total));
  return Array.from({ length: total }, (_, line) => line).filter((line) => !hides(line));
}

it.each([
  ['none', []],
  ['one', [section(2, 5)]],
  ['one in another', [section(2, 9), section(3, 5)]],
  ['one that overlaps another', [section(2, 6), section(4, 9)]],
  ['neighbours, of which one ends where the other begins', [section(0, 3), section(3, 6), section(6, 7)]],
  ['one that is still open', [section(1, 3), section(7, null)]],
  ['one of nothing', [section(4, 5), section(5, 5)]],
])('counts rows and lines there and back: %s', (_, sections) => {
  const folds = foldsOf(sections, 12);
  const shown = shownOf(sections, 12);
  expect(12 - folds.count).toBe(shown.length);
  for (const [row, line] of shown.entries()) {
    expect(lineOf(folds, row)).toBe(line);
    expect(rowOf(folds, line)).toBe(row);
    expect(isHidden(folds, line)).toBe(false);
  }
  for (let line = 0; line < 12; line += 1) {
    if (shown.includes(line)) continue;
    expect(isHidden(folds, line)).toBe(true);
    expect(rowOf(folds, line)).toBe(shown.findLastIndex((one) => one < line));
  }
});

it('hides nothing where nothing is folded', () => {
  expect([rowOf(NO_FOLDS, 7), lineOf(NO_FOLDS, 7), isHidden(NO_FOLDS, 7)]).toEqual([7, 7, false]);
});

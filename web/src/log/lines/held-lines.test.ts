import { expect, it } from 'vitest';
import { holdLines, WINDOW } from './held-lines.ts';

const ESC = '\u001b';

function stretch(from: number, count: number, word = 'line') {
  return { from, lines: Array.from({ length: count }, (_, i) => `${word} ${from + i}`), cut: [], style: '' };
}

it('holds lines of answers that begin anywhere, and says which are missing', () => {
  const held = holdLines();
  held.put(stretch(740, 500));
  expect(held.text(740)).toBe('line 740');
  expect(held.text(1_239)).toBe('line 1239');
  expect(held.text(1_240)).toBeNull();
  expect(held.missing(740, 1_240)).toBeNull();
  expect(held.missing(700, 760)).toEqual({ from: 700, count: 40 });
  expect(held.missing(1_200, 1_300)).toEqual({ from: 1_240, count: 60 });
  expect(held.missing(1_200, 9_000)).toEqual({ from: 1_240, count: 260 });
});

it('replaces what it holds from a line on', () => {
  const held = holdLines();
  held.put(stretch(0, 1_200));
  held.dropFrom(600);
  expect([held.text(599), held.text(600), held.text(1_199)]).toEqual(['line 599', null, null]);
  held.put(stretch(600, 3, 'new'));
  expect([held.text(599), held.text(602), held.text(603)]).toEqual(['line 599', 'new 602', null]);
});

it('holds twenty thousand lines, and lets go those that were not looked at for longest', () => {
  const held = holdLines();
  for (let window = 0; window < 40; window += 1) held.put(stretch(window * WINDOW, WINDOW));
  held.line(0);
  held.put(stretch(40 * WINDOW, 1));
  expect(held.text(0)).toBe('line 0');
  expect(held.text(WINDOW)).toBeNull();
  expect(held.text(40 * WINDOW)).toBe(`line ${40 * WINDOW}`);
});

it('gives each line the colours that are in force there', () => {
  const held = holdLines();
  held.put({ from: 498, lines: ['a', `b${ESC}[0;1mc`, 'd'], cut: [], style: `${ESC}[31m` });
  expect(held.line(498)?.runs).toMatchObject([{ text: 'a', style: { fg: 1 } }]);
  expect(held.line(500)?.runs).toMatchObject([{ text: 'd', style: { fg: null, bold: true } }]);
  held.put(stretch(497, 1));
  expect(held.line(498)?.runs).toMatchObject([{ text: 'a', style: { fg: 1 } }]);
});

it('knows of which lines the beginning was left out', () => {
  const held = holdLines();
  held.put({ from: 10, lines: ['a', 'b'], cut: [{ line: 11, bytes: 5_000_000 }], style: '' });
  expect([held.line(10)?.cut, held.line(11)?.cut, held.line(12)]).toEqual([0, 5_000_000, null]);
  held.put(stretch(11, 1));
  expect(held.line(11)?.cut).toBe(0);
});

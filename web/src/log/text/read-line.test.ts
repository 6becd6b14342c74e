import { expect, it } from 'vitest';
import { plainText, readLine, styleAfter } from './read-line.ts';
import { PLAIN } from './style.ts';

const ESC = '\u001b';

/** The runs of a line, each with what of its look is not plain. */
function runs(raw: string, before = PLAIN) {
  return readLine(raw, before).runs.map(({ text, style }) => [
    text,
    Object.fromEntries(Object.entries(style).filter(([key, value]) => value !== PLAIN[key as keyof typeof PLAIN])),
  ]);
}

it('reads the sixteen colours, styles, and what takes them back', () => {
  expect(runs(`a${ESC}[1;31mb${ESC}[22;94mc${ESC}[39;102md${ESC}[me`)).toEqual([
    ['a', {}],
    ['b', { bold: true, fg: 1 }],
    ['c', { fg: 12 }],
    ['d', { bg: 10 }],
    ['e', {}],
  ]);
  expect(runs(`${ESC}[2;3;4;7;9mall${ESC}[22;23;24;27;29mnone`)).toEqual([
    ['all', { dim: true, italic: true, underline: true, inverse: true, strike: true }],
    ['none', {}],
  ]);
});

it('reads 256 and true colours, with semicolons and with colons', () => {
  expect(runs(`${ESC}[38;5;208ma${ESC}[48;2;1;2;255mb`)).toEqual([
    ['a', { fg: '#ff8700' }],
    ['b', { fg: '#ff8700', bg: '#0102ff' }],
  ]);
  expect(runs(`${ESC}[38:5:9ma${ESC}[38:2::16:32:48mb${ESC}[38:2:16:32:49mc${ESC}[38;5;244md`)).toEqual([
    ['a', { fg: 9 }],
    ['b', { fg: '#102030' }],
    ['c', { fg: '#102031' }],
    ['d', { fg: '#808080' }],
  ]);
});

it('takes arguments of a colour that is none for no styles, and goes on after them', () => {
  expect(runs(`${ESC}[38;5;999;1ma`)).toEqual([['a', { bold: true }]]);
  expect(runs(`${ESC}[58;5;1;4ma${ESC}[4:0mb`)).toEqual([
    ['a', { underline: true }],
    ['b', {}],
  ]);
  expect(runs(`${ESC}[38ma${ESC}[1234567mb${ESC}[?1mc`)).toEqual([['abc', {}]]);
});

it('shows what a log conceals', () => {
  expect(runs(`${ESC}[8mhere`)).toEqual([['here', {}]]);
});

it('drops every other escape sequence and control character, and keeps tabs', () => {
  expect(plainText(`${ESC}[2K${ESC}[1;5Ha${ESC}]0;title\u0007b${ESC}]8;;http://x${ESC}\\c${ESC}]8;;${ESC}\\`)).toBe(
    'abc',
  );
  expect(plainText(`${ESC}(B${ESC}=a\tb\u0000\u0008\u007f\u0085c${ESC}P1$r${ESC}\\d\u009b31me${ESC}`)).toBe('a\tbcde');
});

it('shows what follows a string for the terminal that never ends', () => {
  expect(plainText(`${ESC}]0;hidden from you`)).toBe('0;hidden from you');
});

it('leaves HTML as text', () => {
  const html = '<img src=x onerror=alert(1)>&amp;';
  expect(runs(html)).toEqual([[html, {}]]);
});

it('carries colours on into the next line', () => {
  const { after } = readLine(`${ESC}[32mgreen`, PLAIN);
  expect(runs('still', after)).toEqual([['still', { fg: 2 }]]);
  expect(styleAfter(`${ESC}[32mgreen`, PLAIN)).toEqual(after);
  expect(styleAfter('nothing', after)).toBe(after);
});

it('draws a line of thousands of colours in a bounded number of runs, with all of its text', () => {
  const read = readLine(Array.from({ length: 5_000 }, (_, i) => `${ESC}[3${i % 8}mx`).join(''), PLAIN);
  expect(read.runs.length).toBeLessThanOrEqual(151);
  expect(read.runs.map(({ text }) => text).join('')).toBe('x'.repeat(5_000));
});

it('remembers each look once, and reads on when there are more than it remembers', () => {
  const [first, again] = [`${ESC}[1mx${ESC}[31my`, `${ESC}[31;1my`].map((raw) => styleAfter(raw, PLAIN));
  expect(first).toBe(again);
  expect(styleAfter(`${ESC}[31mx${ESC}[0m`, PLAIN)).toEqual(PLAIN);
  let style = PLAIN;
  for (let n = 0; n < 25_000; n += 1) style = styleAfter(`${ESC}[38;2;${n >> 8};${n & 255};7m`, style);
  expect(style).toEqual({ ...PLAIN, fg: '#61a707' });
});

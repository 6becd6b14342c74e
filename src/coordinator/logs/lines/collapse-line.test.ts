import { expect, it } from 'vitest';
import { collapseLine, plainText, SHOWN_BYTES } from './collapse-line.ts';
import { coloursLeft } from './colours.ts';

const ESC = '\u001b';
const shown = (text: string) => collapseLine(Buffer.from(text)).text;

it.each([
  ['plain', 'plain'],
  ['CRLF line\r', 'CRLF line'],
  ['10%\r50%\r100%', '100%'],
  ['10%\r50%\r100%\r', '100%'],
  [`section_start:1767323046:a.b[collapsed=true]\r${ESC}[0KTitle`, 'Title'],
  [`left over section_end:1:a\r${ESC}[0Ksection_start:2:b\r${ESC}[0KTitle`, 'left over Title'],
  ['section_start:none', 'section_start:none'],
  [`${ESC}[31mred\rstill`, `${ESC}[31mstill`],
  [`${ESC}[31mred${ESC}[0m\rplain`, 'plain'],
  ['<b>text</b>', '<b>text</b>'],
  ['', ''],
])('shows %j as a terminal would leave it', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

it('shows the end of a long line, with its colours and no half of a character or of an escape sequence', () => {
  const { text, cutBytes } = collapseLine(Buffer.from(`${ESC}[1m${'é'.repeat(SHOWN_BYTES)}`));
  expect([text.startsWith(`${ESC}[1mé`), cutBytes]).toEqual([true, SHOWN_BYTES + 4]);
  for (let front = 0; front < 12; front += 1) {
    const long = `${'x'.repeat(50)}${ESC}[38;5;12m${'y'.repeat(SHOWN_BYTES - front)}`;
    const cut = collapseLine(Buffer.from(long));
    expect(plainText(cut.text)).toMatch(/^x*y+$/);
    expect(cut.text).toContain(`${ESC}[38;5;12m`);
  }
  expect(collapseLine(Buffer.from('end'), 7)).toEqual({ text: 'end', cutBytes: 7 });
  expect(collapseLine(Buffer.from('drawn over\rend'), 7)).toEqual({ text: 'end', cutBytes: 0 });
});

it('knows the colours that a text leaves on', () => {
  const of = (...codes: string[]) => coloursLeft(codes.map((code) => `${ESC}[${code}m x`).join(''));
  expect([of('31', '1'), of('31', ''), of('31', '0'), of('1', '0;32'), of('0;0')]).toEqual([
    `${ESC}[31m${ESC}[1m`,
    '',
    '',
    `${ESC}[0;32m`,
    '',
  ]);
  expect(of(...Array.from({ length: 500 }, (_, n) => `38;5;${n % 256}`)).length).toBeLessThan(300);
});

it('finds text between escape sequences, titles of windows and links among them', () => {
  expect(plainText(`er${ESC}[0mror ${ESC}]8;;http://a${ESC}\\link${ESC}]8;;${ESC}\\${ESC}[K`)).toBe('error link');
});

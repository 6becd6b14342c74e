import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, isOnlyMarkers, printable } from './clean-text.ts';
import { canRedraw, wantsColour } from './colour.ts';
import { displayWidth, fitWidth, padWidth } from './display-width.ts';
import { formatCountdown, formatDuration } from './format-time.ts';

describe('the width of a text', () => {
  it.each([
    ['plain', 5],
    ['naïve', 5],
    ['e\u0301', 1],
    ['日本', 4],
    ['한글', 4],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['ｆｕｌｌ', 8],
    ['\u200b', 0],
  ])('%j takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  it('is never more than asked for after fitting, and nothing is cut that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(printable), fc.nat(30), (text, cells) => {
        const fitted = fitWidth(text, cells);
        expect(displayWidth(fitted)).toBeLessThanOrEqual(cells);
        if (displayWidth(text) <= cells) expect(fitted).toBe(text);
        expect(displayWidth(padWidth(text, cells))).toBe(cells);
      }),
    );
  });
});

describe('a line made safe to show', () => {
  it('keeps no control character, whatever the log holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const codes = [...cleanLine(text, false)].map((character) => character.codePointAt(0) ?? 0);
        expect(codes.filter((code) => code < 0x20 || (code >= 0x7f && code < 0xa0))).toEqual([]);
      }),
    );
  });

  it('keeps colours when they are wanted, and ends them', () => {
    expect(cleanLine('\u001b[1;31mred', true)).toBe('\u001b[1;31mred\u001b[0m');
    expect(cleanLine('\u001b[1;31mred', false)).toBe('red');
  });

  it('drops what moves the cursor, names the window or turns text around', () => {
    expect(cleanLine('a\u001b[5Ab\u001b]0;title\u0007c\u009b2Jd\u202ee', true)).toBe('abcde');
  });

  it.each([
    ['sections that never end their line', 'section_start:1:'],
    ['carriage returns', '\r'],
    ['titles without an end', '\u001b]0;'],
    ['sequences without an end', '\u001b[0'],
  ])('takes no longer for a flood of %s', (_, part) => {
    const startedAt = performance.now();
    cleanLine(`${part.repeat(1_000_000 / part.length)}x`, true);
    // Quadratic, it was half a minute.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('knows a line of section markers alone', () => {
    const marker = 'section_end:1700000001:after_script\r\u001b[0K';
    expect([isOnlyMarkers(marker), isOnlyMarkers(`${marker}text`), isOnlyMarkers('')]).toEqual([true, false, false]);
  });
});

describe('times', () => {
  it.each([
    [0, '0.0s'],
    [240, '0.2s'],
    [9940, '9.9s'],
    [12_900, '12s'],
    [185_000, '3:05'],
    [3_609_000, '1:00:09'],
  ])('%i ms took %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it.each([
    [-5, '0:00'],
    [1, '0:01'],
    [292_000, '4:52'],
    [3_600_000, '1:00:00'],
  ])('%i ms left is %s', (ms, words) => {
    expect(formatCountdown(ms)).toBe(words);
  });
});

describe('what a terminal wants', () => {
  it('is colour on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise', () => {
    const term = { TERM: 'xterm' };
    expect(wantsColour(term, true)).toBe(true);
    expect(wantsColour(term, false)).toBe(false);
    expect(wantsColour({ ...term, NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ ...term, NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(true);
    expect(wantsColour({ ...term, FORCE_COLOR: '0' }, true)).toBe(false);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
  });

  it('is redrawing only where the cursor can move', () => {
    expect([canRedraw({ TERM: 'xterm' }, true), canRedraw({ TERM: 'xterm' }, false)]).toEqual([true, false]);
    expect([canRedraw({ TERM: 'dumb' }, true), canRedraw({}, true)]).toEqual([false, false]);
  });
});

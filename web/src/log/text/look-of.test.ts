import { expect, it } from 'vitest';
import { lookOf } from './look-of.ts';
import { PLAIN } from './style.ts';

it('names classes for what the theme knows and colours for what it does not', () => {
  expect(lookOf(PLAIN)).toEqual({ class: '', colours: {} });
  expect(lookOf({ ...PLAIN, fg: 1, bg: '#102030', bold: true, strike: true })).toEqual({
    class: 'log-bold log-strike log-ink-1',
    colours: { backgroundColor: '#102030' },
  });
});

it('swaps ink and ground where they are inverse', () => {
  expect(lookOf({ ...PLAIN, fg: 2, bg: '#ffffff', inverse: true })).toEqual({
    class: 'log-inverse log-ground-2',
    colours: { color: '#ffffff' },
  });
});

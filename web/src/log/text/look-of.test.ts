import { expect, it } from 'vitest';
import { lookOf } from './look-of.ts';
import { PLAIN } from './style.ts';

it('names classes for what the theme knows and colours for what it does not', () => {
  expect(lookOf(PLAIN)).toEqual({ class: '', colours: {} });
  expect(lookOf({ ...PLAIN, fg: 1, bold: true, strike: true })).toEqual({
    class: 'log-bold log-strike log-ink-1',
    colours: {},
  });
  expect(lookOf({ ...PLAIN, bg: 4 })).toEqual({ class: 'log-ground-4', colours: {} });
});

it('makes an ink that a job gave itself one that can be read in both themes', () => {
  expect(lookOf({ ...PLAIN, fg: '#ffff00' }).colours).toEqual({
    color: expect.stringMatching(/^light-dark\(#[0-9a-f]{6}, #ffff00\)$/),
  });
  expect(lookOf({ ...PLAIN, fg: '#000080' }).colours).toEqual({
    color: expect.stringMatching(/^light-dark\(#000080, #[0-9a-f]{6}\)$/),
  });
});

it('has an ink on every ground that a job gave itself: its own, if that can be read', () => {
  const ground = '#102030';
  expect(lookOf({ ...PLAIN, fg: '#ffff00', bg: ground }).colours).toEqual({
    color: '#ffff00',
    backgroundColor: ground,
  });
  expect(lookOf({ ...PLAIN, fg: 3, bg: ground })).toEqual({
    class: '',
    colours: { color: '#cdcd00', backgroundColor: ground },
  });
  for (const fg of [null, 4, '#203040'] as const)
    expect(lookOf({ ...PLAIN, fg, bg: ground })).toEqual({
      class: '',
      colours: { color: '#ffffff', backgroundColor: ground },
    });
});

it('has inks for the grounds of the sixteen colours: the page’s, and others as they can be read there', () => {
  const { class: name, colours } = lookOf({ ...PLAIN, fg: 7, bg: 1 });
  expect(name).toBe('log-ground-1');
  expect(colours).toEqual({ color: expect.stringMatching(/^light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)$/) });
});

it('swaps ink and ground where they are inverse', () => {
  expect(lookOf({ ...PLAIN, inverse: true })).toEqual({ class: 'log-inverse', colours: {} });
  expect(lookOf({ ...PLAIN, fg: 2, inverse: true })).toEqual({ class: 'log-ground-2', colours: {} });
  expect(lookOf({ ...PLAIN, fg: '#ffffff', bg: '#000080', inverse: true })).toEqual({
    class: '',
    colours: { color: '#000080', backgroundColor: '#ffffff' },
  });
  // On the theme's ink, which is dark where the theme is light.
  expect(lookOf({ ...PLAIN, bg: '#ffff00', inverse: true })).toEqual({
    class: 'log-inverse',
    colours: { color: expect.stringMatching(/^light-dark\(#ffff00, #[0-9a-f]{6}\)$/) },
  });
});

it('makes only the theme’s own ink dimmer', () => {
  expect(lookOf({ ...PLAIN, dim: true }).class).toBe('log-dim');
  expect(lookOf({ ...PLAIN, dim: true, fg: 1 }).class).toBe('log-ink-1');
  expect(lookOf({ ...PLAIN, dim: true, bg: 1 }).class).toBe('log-ground-1');
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createErrorFinder } from './find-error.ts';

function find(pieces: readonly (Buffer | string)[]): number | null {
  const finder = createErrorFinder();
  for (const piece of pieces) finder.push(Buffer.from(piece));
  return finder.line();
}

const RED = '\u001b[31;1m';

it('finds the last line that begins with an error, with or without colours', () => {
  expect(find(['all is well\n'])).toBeNull();
  expect(find(['ERROR: first'])).toBe(0);
  expect(find([`a\n${RED}ERROR: Job failed\u001b[0;m\nb\nno ERROR: here\n`])).toBe(1);
  expect(find(['ERROR: a\nERROR: b\n\n'])).toBe(1);
});

it('finds the same whatever pieces the log comes in', () => {
  const text = `${'x'.repeat(200)} ERROR: none\n${'line\n'.repeat(30)}${RED}ERROR: Job failed\u001b[0;m\n${'y'.repeat(90)}ERROR: no\nz\n`;
  const bytes = Buffer.from(text);
  expect(find([...bytes].map((byte) => Buffer.from([byte])))).toBe(31);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(find(places.slice(1).map((to, n) => bytes.subarray(places[n], to)))).toBe(31);
    }),
    { seed: 3 },
  );
});

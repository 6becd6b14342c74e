import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LogMark, MARK_BYTES } from '../../store/index.ts';
import { countPiece } from './count-piece.ts';

/** What is noted of a log that came in these pieces. */
function grow(pieces: readonly Buffer[]) {
  let log: Parameters<typeof countPiece>[0] = null;
  const marks: LogMark[] = [];
  for (const piece of pieces) {
    const counted = countPiece(log, piece);
    marks.push(...counted.marks);
    if (counted.section !== null) marks[counted.section] = { ...(marks[counted.section] as LogMark), hasSection: true };
    const keptBytes: number = (log?.keptBytes ?? 0) + piece.length;
    log = { keptBytes, newlines: counted.newlines, isOpen: counted.isOpen };
  }
  return { ...log, marks };
}

it('counts the same lines whatever pieces they come in, and overlooks no marker of a section', () => {
  const text = ['x'.repeat(MARK_BYTES - 4), 'section_start:1:a\n', 'line\n'.repeat(20_000), 'section_end', 's'].join(
    '',
  );
  const bytes = Buffer.from(text);
  const newlinesBefore = (block: number) => bytes.subarray(0, block * MARK_BYTES).filter((byte) => byte === 10).length;
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), MARK_BYTES - 2, bytes.length].sort((a, b) => a - b);
      const { newlines, isOpen, marks } = grow(places.slice(1).map((to, n) => bytes.subarray(places[n], to)));
      expect({ newlines, isOpen }).toEqual({ newlines: 20_001, isOpen: true });
      expect(marks.map((mark) => mark.newlines)).toEqual([0, 1, 2].map(newlinesBefore));
      expect([marks[0]?.hasSection, marks[2]?.hasSection ?? true]).toEqual([true, true]);
    }),
    { numRuns: 60, seed: 5 },
  );
});

it('counts nothing of a log that grew before lines were counted', () => {
  const log = { keptBytes: 10, newlines: null, isOpen: false };
  expect(countPiece(log, Buffer.from('a\nb'))).toMatchObject({ newlines: null, marks: [], section: null });
});

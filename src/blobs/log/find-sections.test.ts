import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSectionFinder } from './find-sections.ts';

const start = (name: string, at: number) => `section_start:${at}:${name}\r\u001b[0K`;
const end = (name: string, at: number) => `section_end:${at}:${name}\r\u001b[0K`;
const log = [
  'Running with epilogue\n',
  `${start('prepare', 100)}Preparing\n`,
  'line\n',
  `${end('prepare', 105)}${start('script[collapsed=true,hide_duration=true]', 105)}\u001b[36;1m$ make\u001b[0;m\n`,
  'section_start:1:no marker\n',
  `echo "section_end:9:prepare" ${start('inner', 110)}`,
  'deep\n\n',
  `${end('inner', 111)}${end('never.opened', 112)}\n`,
  start('open-to-the-end', 120),
].join('');
const found = [
  ['prepare', false, 1, 3, 100_000, 105_000],
  ['script', true, 3, null, 105_000, null],
  ['inner', false, 5, 7, 110_000, 111_000],
  ['open-to-the-end', false, 8, null, 120_000, null],
];

function find(pieces: readonly Buffer[], maxSections = 100) {
  const finder = createSectionFinder(maxSections);
  for (const piece of pieces) finder.push(piece);
  const { sections, moreSections } = finder.finish();
  return { moreSections, sections: sections.map((section) => Object.values(section)) };
}

it('finds sections with their lines and times, nested, folded and open to the end', () => {
  expect(find([Buffer.from(log)])).toEqual({ sections: found, moreSections: 0 });
});

it('finds the same whatever pieces the log comes in', () => {
  const bytes = Buffer.from(log);
  expect(find([...bytes].map((byte) => Buffer.from([byte]))).sections).toEqual(found);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((to, n) => bytes.subarray(places[n], to));
      expect(find(pieces).sections).toEqual(found);
    }),
  );
});

it('takes the inner one of two sections of one name for an end', () => {
  const text = `${start('a', 1)}\n${start('a', 2)}\n${end('a', 3)}\n${end('a', 4)}`;
  expect(find([Buffer.from(text)]).sections).toEqual([
    ['a', false, 0, 3, 1000, 4000],
    ['a', false, 1, 2, 2000, 3000],
  ]);
});

it('keeps the first of too many sections and counts the others, and holds little of what never ends', () => {
  const many = Array.from({ length: 10 }, (_, n) => Buffer.from(`${start(`s${n}`, n)}\n`));
  expect(find(many, 3)).toMatchObject({ moreSections: 7, sections: { length: 3 } });
  const startedAt = performance.now();
  const endless = Array.from({ length: 20_000 }, () => Buffer.from(`section_start:1:${'n'.repeat(50)}`));
  expect(find([...endless, Buffer.from(start('x', 1))]).sections).toEqual([['x', false, 0, null, 1000, null]]);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

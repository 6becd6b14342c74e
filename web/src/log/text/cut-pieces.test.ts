import { expect, it } from 'vitest';
import { cutPieces, findMatches } from './cut-pieces.ts';
import { readLine } from './read-line.ts';
import { PLAIN } from './style.ts';

function pieces(raw: string, needle = '') {
  return cutPieces(readLine(raw, PLAIN).runs, needle);
}

function links(raw: string) {
  return pieces(raw).flatMap(({ href, text }) => (href === null ? [] : [[text, href]]));
}

it('makes a link of an address, without the mark or bracket after it', () => {
  expect(links('see https://example.com/a_(b)?c=1#d, or (http://x.y).')).toEqual([
    ['https://example.com/a_(b)?c=1#d', 'https://example.com/a_(b)?c=1#d'],
    ['http://x.y', 'http://x.y'],
  ]);
});

it('makes no link of what is no address of the web', () => {
  expect(links('javascript:alert(1) data:text/html,x file:///etc ftp://x https:// http://[MASKED] ssh://a')).toEqual(
    [],
  );
});

it('makes one link of an address in two colours, in two pieces', () => {
  expect(links('https://a.b/\u001b[31mred')).toEqual([
    ['https://a.b/', 'https://a.b/red'],
    ['red', 'https://a.b/red'],
  ]);
});

it('marks what turns text around or cannot be seen, each by itself', () => {
  expect(pieces('a\u202eb\u200b\u2066').map(({ text, mark }) => [text, mark])).toEqual([
    ['a', null],
    ['\u202e', 'U+202E'],
    ['b', null],
    ['\u200b', 'U+200B'],
    ['\u2066', 'U+2066'],
  ]);
  expect(links('https://a.b/\u202egnp.exe')).toEqual([['https://a.b/', 'https://a.b/']]);
});

it('finds without case, across colours, nothing twice', () => {
  const found = pieces('xEr\u001b[31mRor aaa', 'error').filter((piece) => piece.found);
  expect(found.map(({ text }) => text)).toEqual(['Er', 'Ror']);
  expect(findMatches('aaaa', 'AA')).toEqual([
    { from: 0, to: 2 },
    { from: 2, to: 4 },
  ]);
  expect(findMatches('anything', '')).toEqual([]);
});

it('keeps every letter of a line, however it is cut', () => {
  const text = 'a\u202eb http://x.y/z) é🙂 ERR err\tend';
  expect(
    pieces(text, 'err')
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
  expect(pieces('')).toEqual([]);
});

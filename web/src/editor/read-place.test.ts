import { expect, it } from 'vitest';
import { readKey, readPlace, topKeys, topList } from './read-place.ts';

/** `|` is the cursor. */
function placeIn(text: string): ReturnType<typeof readPlace> {
  const lines = text.slice(0, text.indexOf('|')).split('\n');
  const column = lines.at(-1)?.length ?? 0;
  return readPlace(
    [...lines.slice(0, -1), `${lines.at(-1)}${text.slice(text.indexOf('|') + 1).split('\n')[0]}`],
    column,
  );
}

it.each([
  ['at the margin', 'sta|', [], 'sta', false],
  ['in a job', 'build:\n  scr|', ['build'], 'scr', false],
  ['in a job, on an empty line', 'build:\n  script: make\n  |', ['build'], '', false],
  ['behind a key', 'build:\n  when: man|', ['build', 'when'], 'man', true],
  ['in an item', 'build:\n  rules:\n    - i|', ['build', 'rules', '*'], 'i', false],
  ['in an item of a list as far out as its key', 'build:\n  rules:\n  - i|', ['build', 'rules', '*'], 'i', false],
  ['in the second line of an item', 'build:\n  rules:\n    - if: $A\n      wh|', ['build', 'rules', '*'], 'wh', false],
  ['behind a key of an item', 'build:\n  rules:\n    - when: n|', ['build', 'rules', '*', 'when'], 'n', true],
  ['below comments and empty lines', 'build:\n  script: a\n\n# no\n  ret|', ['build'], 'ret', false],
  ['after a deeper sibling', 'a:\n  retry:\n    max: 1\n  st|', ['a'], 'st', false],
  ['in a job with a name of several words', 'build it all:\n  st|', ['build it all'], 'st', false],
])('tells where the cursor is %s', (...[, text, path, word, isValue]) => {
  expect(placeIn(text)).toEqual({ path, word, isValue });
});

it('says nothing in a comment', () => {
  expect(placeIn('build: # sta|')).toBeNull();
});

it('tells which key stands under the pointer', () => {
  expect(readKey(['build:', '  retry: 2'], 3)).toEqual(['build', 'retry']);
  expect(readKey(['build:', '  retry: 2'], 9)).toBeNull();
});

it('lists what the file itself names', () => {
  const lines = ['stages: [one, "two"]', '# no: it', 'a: {script: x}', '.b:', '  c: d'];
  expect(topKeys(lines)).toEqual(['stages', 'a', '.b']);
  expect(topList(lines, 'stages')).toEqual(['one', 'two']);
  expect(topList(['stages:', '  - one', '', "  - 'two'", 'a: b', '- c'], 'stages')).toEqual(['one', 'two']);
  expect(topList(lines, 'none')).toEqual([]);
});

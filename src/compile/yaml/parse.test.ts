import { EVENT_ID, type Event } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../fixtures/read-fixture.ts';
import { compile } from '../index.ts';
import { scalarText, startOfEvent } from './events.ts';
import { parse } from './parse.ts';

/** The first document as plain lists, mappings as lists of pairs. */
function read(text: string): unknown {
  const events = parse(text);
  let at = 1;
  const node = (): unknown => {
    const event = events[at++] as Event;
    if (event.type === EVENT_ID.SCALAR) return scalarText(text, event);
    if (event.type === EVENT_ID.ALIAS) return `*${text.slice(event.anchorStart, event.anchorEnd)}`;
    const items: unknown[] = [];
    while (events[at]?.type !== EVENT_ID.POP) items.push(node());
    at++;
    if (event.type === EVENT_ID.SEQUENCE) return items;
    return Object.fromEntries(items.flatMap((key, index) => (index % 2 === 0 ? [[key, items[index + 1]]] : [])));
  };
  return node();
}

/** What libyaml accepts and js-yaml alone does not. Found by comparing both on random texts. */
const LOOSE: readonly (readonly [what: string, text: string, value: unknown])[] = [
  ['a bracket closed at the column of its key', 'a:\n  needs: [\n    "b"\n  ]\n', { a: { needs: ['b'] } }],
  ['a bracket closed at the left margin', 'a:\n  needs: [\n    b,\n]\n', { a: { needs: ['b'] } }],
  ['items at the left margin', 'a:\n  - k: [\n"b", c,\nd]\n    l: e\n', { a: [{ k: ['b', 'c', 'd'], l: 'e' }] }],
  ['a brace closed at the left margin', 'a: {\n  b: {\nc: d\n}\n}\ne: f\n', { a: { b: { c: 'd' } }, e: 'f' }],
  ['a plain scalar over lines in brackets', 'a: [b\nc, d\n e]\n', { a: ['b c', 'd e'] }],
  ['a double-quoted scalar at the left margin', 'a:\n  b: "c\nd\n\n  e\\\n  f"\n', { a: { b: 'c d\nef' } }],
  ['a single-quoted scalar at the left margin', "a:\n  - 'b\nit''s'\n", { a: ["b it's"] }],
  ['a quoted scalar in brackets', 'a: ["b\nc", \'d\n\ne\']\n', { a: ['b c', 'd\ne'] }],
  ['tabs for indentation in brackets', 'a: [\n\tb,\n\t"c"\n\t]\n', { a: ['b', 'c'] }],
  ['tabs between items', 'a: [b,\tc\t]\nd: {\te:\tf }\n', { a: ['b', 'c'], d: { e: 'f' } }],
  ['a tab before brackets', 'a:\t[b]\nc: &x\t[d]\n', { a: ['b'], c: ['d'] }],
  ['comments between the lines', 'a: [ # it\'s "b [\nc, # d\n\n# e\n]\n', { a: ['c'] }],
  ['a comment right behind a bracket', 'a: [\nb,# c\nd]# e\nf: |# g\n  h\n', { a: ['b', 'd'], f: 'h\n' }],
  ['a reference over lines', 'a:\n  b: !reference [\n    c,\n    d\n  ]\n', { a: { b: ['c', 'd'] } }],
  ['Windows line ends', 'a: [\r\nb\r\n]\r\nc: d\r\n', { a: ['b'], c: 'd' }],
];

/** Signs that open nothing where they stand; one loose bracket makes the reader look at the whole text. */
const NOT_OPENED = [
  ['a literal block', '|\n    "x [\n    it\'s\n   '],
  ['a folded block with an explicit indentation', '>2-\n      {y\n    "\n'],
  ['a block at the end of its parent', '|\n\n    # [\n\n'],
  ['a plain scalar', 'it\'s a "b [c\n'],
  ['a plain scalar over lines', 'echo\n    "x [\n    \'y\n'],
  ['a comment', 'x # "y [\n'],
  ['a key with signs', 'x\n  a[b"c: d\n'],
  ['text in brackets', '[it\'s, a"b, "#", a#"b]\n'],
] as const;

describe('a block scalar that ends with the file', () => {
  it.each([
    ['a: |\n  b', 'b'],
    ['a: |\n  b\n', 'b\n'],
    ['a: |\r\n  b\r\n', 'b\n'],
    ['a: >\n  b\n  c', 'b c'],
    ['a: |-\n  b', 'b'],
    ['a: |+\n  b\n\n', 'b\n\n'],
    ['a: |\n  b\n\n  c', 'b\n\nc'],
  ])('has a line break at its end only where the file has one: %j', (text, a) => expect(read(text)).toEqual({ a }));
});

describe('a text that libyaml reads and YAML 1.2 forbids', () => {
  it.each(LOOSE)('is read: %s', (_, text, value) => expect(read(text)).toEqual(value));

  it.each(NOT_OPENED)('is not confused by %s', (_, value) => {
    const before = `k:\n  z: ${value}\n`;
    expect(read(`${before}last: [\n]\n`)).toEqual({ ...(read(before) as object), last: [] });
  });

  it('has its nodes where they stand', () => {
    const text = 'a: ["b\nc",\n!x d,# e\n&f\tg,\n*f ]\nh: {i:\nj}\n';
    const events = parse(text);
    const starts = events.flatMap((_, at) => {
      const offset = startOfEvent({ text, events }, at);
      return offset === 0 ? [] : [text.slice(offset, offset + 2)];
    });
    expect(starts).toEqual(['["', '"b', '!x', '&f', '*f', 'h:', '{i', 'i:', 'j}']);
  });

  it.each([
    ['a key over lines', 'a:\n  "b\nc": d\n'],
    ['a document mark in brackets', 'a: [\n---\n]\n'],
    ['a bracket that is never closed', 'a:\n  b: [\n  c\nd: e\n'],
    ['a missing comma', 'a: [\nb # c\nd]\n'],
  ])('is still refused: %s', (_, text) => expect(() => parse(text)).toThrow());

  it('has its mistakes where they stand', () => {
    const { context } = readFixture('smallest');
    const text = 'a: {script: x}\nb:\n  script: [\n"x",\n  "y"\n]\n  stage: [\n1 }\n';
    const [problem] = compile({ file: 'ci.yml', text }, context).problems;
    expect(problem).toMatchObject({ code: 'yaml-syntax', line: 8, column: 3 });
  });

  it('is read in pieces when it is large', () => {
    const { context } = readFixture('smallest');
    const job = (index: number) => `job-${index}:\n  script: [\n    "echo\n${index}"\n  ]\n  retry: 9\n`;
    const text = Array.from({ length: 5000 }, (_, index) => job(index)).join('');
    const { problems } = compile({ file: 'ci.yml', text }, context);
    expect(problems).toHaveLength(1000);
    expect(problems.at(-1)).toMatchObject({ code: 'bad-value', line: 6000, column: 10 });
  });
});

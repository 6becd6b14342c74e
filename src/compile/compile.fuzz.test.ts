import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../base/index.ts';
import { fixtureNames, readFixture } from './fixtures/read-fixture.ts';
import { type CompileResult, compile } from './index.ts';

const good = fixtureNames()
  .filter((name) => !name.startsWith('bad-'))
  .map((name) => readFixture(name));

/** Whatever goes in: no throw, and either a plan, or a reason why there is none. */
function expectAnswer(result: CompileResult): void {
  const says = hasErrors(result.problems) || result.filtered !== null;
  expect(result.plan === null).toBe(says);
  for (const { line, column, file } of result.problems) {
    if (file === undefined) continue;
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
  }
}

const context = readFixture('smallest').context;
const compileText = (text: string) => compile({ file: 'ci.yml', text }, context);

/** Pieces that reach deep into the compiler when they are put together at random. */
const piece = fc.constantFrom(
  ...['job', 'script', 'rules', 'if', '$A == "b"', 'extends', '.a', 'needs', 'parallel', 'matrix', 'default', 'hooks'],
  ...[
    'include',
    'a.yml',
    'stages',
    'variables',
    'workflow',
    'when',
    'manual',
    'trigger',
    '<<',
    '&a',
    '*a',
    '!reference',
  ],
  ...[
    ': ',
    '\n',
    '\n  ',
    '\n    - ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|',
    '>-',
    '#',
    '~',
    '1.0',
    '0x1',
    '\t',
  ],
  ...['__proto__', 'constructor', '---\n', '!!str ', '? ', '%YAML 1.1\n', '\u0000', '\uFEFF', '🚀', '\r\n', '...'],
);

describe('compile never throws', () => {
  it('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => expectAnswer(compileText(text))),
      { numRuns: 300 },
    );
  });

  it('on any sequence of the words and signs of CI files', () => {
    const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(soup, (text) => expectAnswer(compileText(text))),
      { numRuns: 700 },
    );
  });

  it('on a good file with a part cut out, doubled or replaced', () => {
    const edit = fc.record({
      fixture: fc.constantFrom(...good),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 40 }),
      insert: fc.oneof(fc.constant(''), piece, fc.string({ maxLength: 10 })),
      repeat: fc.integer({ min: 0, max: 2 }),
    });
    const property = fc.property(edit, ({ fixture, at, length, insert, repeat }) => {
      const { text } = fixture.source;
      const start = Math.floor(at * text.length);
      const part = text.slice(start, start + length);
      const edited = text.slice(0, start) + part.repeat(repeat) + insert + text.slice(start + length);
      expectAnswer(compile({ ...fixture.source, text: edited }, fixture.context));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('on any value in the place of any keyword', () => {
    const value = fc.json({ maxDepth: 4 }).filter((text) => !text.includes('\\u0000'));
    const keyword = fc.constantFrom(
      ...[
        'script',
        'rules',
        'needs',
        'extends',
        'cache',
        'artifacts',
        'hooks',
        'image',
        'services',
        'parallel',
        'retry',
      ],
      ...[
        'trigger',
        'environment',
        'only',
        'except',
        'variables',
        'tags',
        'when',
        'timeout',
        'inherit',
        'stage',
        'release',
      ],
    );
    const property = fc.property(keyword, value, fc.boolean(), (key, json, inDefault) => {
      const text = inDefault ? `default: {${key}: ${json}}\njob: {script: x}` : `job: {script: x, ${key}: ${json}}`;
      expectAnswer(compileText(text));
      expectAnswer(compileText(`${key}: ${json}\njob: {script: x}`));
    });
    fc.assert(property, { numRuns: 700 });
  });
});

import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileSimpleRegex } from './simple-regex.ts';

describe('compileSimpleRegex', () => {
  it.each(['^main$', '^release-.*$', '^v\\d+\\.\\d+\\.\\d+(-rc\\d+)?$', '^(feature|fix)/', 'a[a-z0-9_.-]+b', 'x{1,3}'])(
    'reads %s',
    (source) => {
      expect(compileSimpleRegex(source, '')).not.toBeNull();
    },
  );

  it.each(['(a+)+', '(?i)a', '(?=a)', '\\1', '\\pL', '[[:alpha:]]', '\\Aa', 'a++', '*', 'x{', 'é', '^*', '[z-a]'])(
    'leaves %s to RE2',
    (source) => {
      expect(compileSimpleRegex(source, '')).toBeNull();
    },
  );

  it('leaves texts to RE2 that are not ASCII, or so long that backtracking could take its time', () => {
    const regex = compileSimpleRegex('a.*b.*c', 'i');
    expect(regex?.accepts('AbC')).toBe(true);
    expect(regex?.accepts('ſ')).toBe(false);
    expect(regex?.accepts('a'.repeat(200))).toBe(false);
  });

  it('answers as RE2 wherever it answers at all', () => {
    const piece = fc.constantFrom(
      ...['a', 'b', 'B', '.', '\\d', '\\w', '\\s', '\\S', '^', '$', '\\b', '(', '(?:', ')', ')?', '|', '*', '+', '?'],
      ...['{2}', '{1,2}', '{2,1}', '[ab]', '[^a]', '[a-c-]', '[^\\d.]', '-', '\\.', '1', ' ', '*?'],
    );
    const source = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
    const flags = fc.constantFrom('', 'i', 's', 'is');
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'A', '1', '-', '.', ' ', '\n', '\r', '\v'),
      maxLength: 6,
    });
    let compared = 0;
    fc.assert(
      fc.property(source, flags, text, (pattern, flag, subject) => {
        const simple = compileSimpleRegex(pattern, flag);
        if (simple === null || !simple.accepts(subject)) return;
        compared += 1;
        const real = RE2JS.compile(flag === '' ? pattern : `(?${flag})${pattern}`);
        expect(simple.test(subject)).toBe(real.matcher(subject).find());
      }),
      { numRuns: 5000 },
    );
    expect(compared).toBeGreaterThan(500);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CI variables.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './parse-expression.ts';

function mistake(text: string): { message: string; offset: number } {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`parsed: ${text}`);
  return { message: parsed.mistake.message, offset: parsed.mistake.offset };
}

describe('parseExpression', () => {
  it('binds comparisons tighter than && and && tighter than ||', () => {
    const a = { kind: 'variable', name: 'A' };
    const b = { kind: 'variable', name: 'B' };
    const c = { kind: 'variable', name: 'C' };
    expect(parseExpression('$A || $B == "x" && $C')).toEqual({
      ok: true,
      expression: {
        kind: '||',
        left: a,
        right: { kind: '&&', left: { kind: '==', left: b, right: { kind: 'text', value: 'x' } }, right: c },
      },
    });
    expect(parseExpression('($A || $B) && $C')).toEqual({
      ok: true,
      expression: { kind: '&&', left: { kind: '||', left: a, right: b }, right: c },
    });
  });

  it('reads a pattern with its flags and turns an escaped slash into a slash', () => {
    expect(parseExpression('$A =~ /^feature\\/.*$/is')).toEqual({
      ok: true,
      expression: {
        kind: '=~',
        left: { kind: 'variable', name: 'A' },
        right: { kind: 'pattern', source: '^feature/.*$', flags: 'is' },
      },
    });
  });

  it('keeps two patterns in one line apart', () => {
    const parsed = parseExpression('$A =~ /aa/ || $B =~ /bb/');
    expect(parsed.ok && parsed.expression.kind).toBe('||');
  });

  it('ignores line breaks between tokens', () => {
    expect(parseExpression('$A == null\n  && $B != "" ').ok).toBe(true);
  });

  it.each([
    ['', 'the expression is empty', 0],
    ['   ', 'the expression is empty', 0],
    ['$A == ', 'the expression ends where a value is expected', 6],
    ['== $A', 'expected a value before `==`', 0],
    ['$A $B', 'expected an operator before `$B`', 3],
    ['$A == main', 'this word is not quoted', 6],
    ['${A} == "x"', 'a variable is written without braces here', 0],
    ['$A = "x"', '`=` is not an operator', 3],
    ['!$A', 'there is no negation with `!`', 0],
    ['$A & $B', '`&` is not an operator', 3],
    ['$A | $B', '`|` is not an operator', 3],
    ['$A == "x', 'this quote is never closed', 6],
    ['$A =~ /x', 'this regular expression is never closed', 6],
    ['$A =~ //', 'the regular expression is empty', 6],
    ['$A =~ /x/', 'a regular expression of one character is not understood', 6],
    ['($A', 'this `(` is never closed', 0],
    ['$A)', 'this `)` has no `(`', 2],
    ['()', 'expected a value before `)`', 1],
    ['($A $B)', 'expected an operator or `)` before `$B`', 4],
    ['$A == 日', 'this word is not quoted', 6],
    ['$A == 😀', '`😀` has no meaning here', 6],
  ])('refuses %j and says where', (text, message, offset) => {
    expect(mistake(text)).toEqual({ message, offset });
  });

  it('refuses more than 100 tokens', () => {
    const variables = (count: number) => Array.from({ length: count }, () => '$A').join('&&');
    expect(parseExpression(`(${variables(49)})`).ok).toBe(true);
    expect(mistake(variables(51)).message).toBe('the expression has more than 100 parts');
  });

  it('answers any text, and never points outside of it', () => {
    const piece = fc.constantFrom(
      '$A',
      '"x"',
      "'",
      '/a/',
      '/aa/',
      '/',
      '==',
      '=~',
      '!',
      '&&',
      '|',
      '(',
      ')',
      ' ',
      'null',
      '\\',
      '😀',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseExpression(written);
        if (parsed.ok) return;
        expect(parsed.mistake.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.mistake.offset).toBeLessThanOrEqual(written.length);
      }),
      { numRuns: 2000 },
    );
  });
});

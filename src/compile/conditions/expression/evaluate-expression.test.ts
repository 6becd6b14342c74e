import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConditionCache } from '../condition-cache.ts';
import { evaluateExpression } from './evaluate-expression.ts';

const VARIABLES: Readonly<Record<string, string>> = {
  BRANCH: 'main',
  EMPTY: '',
  TAG: 'v1.22.3',
  PATTERN: '/^v\\d+/',
  CASELESS: '/^MAIN$/i',
  PLAIN: 'the main thing',
  BROKEN: '/(/',
  MULTI: 'one\ntwo',
};

function evaluate(text: string, variables: Readonly<Record<string, string>> = VARIABLES): boolean {
  const cache = createConditionCache();
  const parsed = cache.parse(text);
  if (!parsed.ok) throw new Error(parsed.mistake.message);
  return evaluateExpression(parsed.expression, (name) => variables[name], cache);
}

describe('evaluateExpression', () => {
  it.each([
    ['$BRANCH', true],
    ['$EMPTY', false],
    ['$ABSENT', false],
    ['$BRANCH == "main"', true],
    ["$BRANCH == 'main'", true],
    ['"main" == $BRANCH', true],
    ['$BRANCH != "main"', false],
    ['$ABSENT == null', true],
    ['$ABSENT == ""', false],
    ['$EMPTY == null', false],
    ['$EMPTY == ""', true],
    ['$ABSENT != null', false],
    ['$BRANCH == $BRANCH', true],
    ['$EMPTY && $BRANCH', false],
    ['$EMPTY || $BRANCH', true],
    ['$ABSENT || $EMPTY', false],
    ['$ABSENT && $ABSENT || $BRANCH', true],
    ['$ABSENT && ($ABSENT || $BRANCH)', false],
    ['true', true],
    ['false || null', false],
    ['"text"', true],
  ])('compares: %s is %s', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it.each([
    ['$TAG =~ /^v\\d+\\.\\d+\\.\\d+$/', true],
    ['$TAG !~ /^v\\d+\\.\\d+\\.\\d+$/', false],
    ['$BRANCH =~ /ai/', true],
    ['$BRANCH =~ /MAIN/', false],
    ['$BRANCH =~ /MAIN/i', true],
    ['$ABSENT =~ /xy/', false],
    ['$ABSENT !~ /xy/', true],
    ['$TAG =~ $PATTERN', true],
    ['$BRANCH =~ $PATTERN', false],
    ['$BRANCH =~ $CASELESS', true],
    ['$BRANCH =~ $ABSENT', false],
    ['$BRANCH !~ $ABSENT', true],
    ['$BRANCH =~ $BROKEN', false],
    ['$BRANCH =~ $PLAIN', true],
    ['$TAG =~ $PLAIN', false],
    ['$MULTI =~ /^two$/', false],
    ['$MULTI =~ /^two$/m', true],
    ['$MULTI =~ /one.two/', false],
    ['$MULTI =~ /one.two/s', true],
    ['$BRANCH =~ /^(?P<name>m)/', true],
    ['$BRANCH =~ /\\Amain\\z/', true],
    ['$BRANCH =~ /[[:alpha:]]{4}/', true],
  ])('matches as RE2 does: %s is %s', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it('takes an exponential expression in its stride', () => {
    expect(evaluate('$LONG =~ /^(a+)+$/', { LONG: `${'a'.repeat(2000)}b` })).toBe(false);
    expect(evaluate('$LONG =~ /a*a*a*a*a*c/', { LONG: 'a'.repeat(2000) })).toBe(false);
  });

  it.each(['/(?=a)/', '/(a/', '/a**/', '/[z-a]/', '/(a)\\1/', '/a{3,1}/'])('refuses %s when parsing', (pattern) => {
    const parsed = createConditionCache().parse(`$A == "x" || $A =~ ${pattern}`);
    expect(parsed).toMatchObject({
      ok: false,
      mistake: { message: `\`${pattern}\` is not a valid regular expression`, offset: 19 },
    });
  });

  it('agrees with an oracle on expressions of any shape', () => {
    fc.assert(
      fc.property(fc.letrec<{ tree: Oracle }>(treeOf).tree, ({ text, holds }) => {
        expect(evaluate(text, VALUES)).toBe(truth(holds(VALUES)));
      }),
      { numRuns: 500 },
    );
  });
});

/** An expression as text together with a function that says what it should come to, made without the parser. */
interface Oracle {
  readonly text: string;
  readonly holds: (values: Readonly<Record<string, string>>) => string | boolean | null;
}

const VALUES = { A: '', B: 'b', C: 'ab' };

function truth(value: string | boolean | null): boolean {
  return value !== null && value !== '' && value !== false;
}

function treeOf(tie: fc.LetrecTypedTie<{ tree: Oracle }>): { tree: fc.Arbitrary<Oracle> } {
  const variable = fc
    .constantFrom('A', 'B', 'C', 'D')
    .map((name): Oracle => ({ text: `$${name}`, holds: (values) => values[name] ?? null }));
  const literal = fc.constantFrom<Oracle>(
    { text: '""', holds: () => '' },
    { text: "'b'", holds: () => 'b' },
    { text: 'null', holds: () => null },
  );
  const value = fc.oneof(variable, literal);
  const compare = fc.tuple(value, fc.constantFrom('==', '!='), value).map(
    ([left, operator, right]): Oracle => ({
      text: `${left.text} ${operator} ${right.text}`,
      holds: (values) => (left.holds(values) === right.holds(values)) === (operator === '=='),
    }),
  );
  const match = fc.tuple(variable, fc.constantFrom('=~', '!~'), fc.constantFrom('a', 'b')).map(
    ([left, operator, letter]): Oracle => ({
      text: `${left.text}${operator}/[${letter}]/`,
      holds: (values) => String(left.holds(values) ?? '').includes(letter) === (operator === '=~'),
    }),
  );
  const join = fc.tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree')).map(
    ([left, operator, right]): Oracle => ({
      text: `(${left.text}) ${operator} (${right.text})`,
      holds: (values) =>
        operator === '&&'
          ? truth(left.holds(values)) && truth(right.holds(values))
          : truth(left.holds(values)) || truth(right.holds(values)),
    }),
  );
  return { tree: fc.oneof({ maxDepth: 3 }, value, compare, match, join) };
}

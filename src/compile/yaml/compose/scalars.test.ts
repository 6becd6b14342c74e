import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolvePlainScalar, type ScalarValue } from './scalars.ts';
import { YamlFloat } from './yaml-float.ts';

/** Text, kind and `to_s` of plain scalars, written by Psych 4.0.4 (Ruby 3.1). `tools/psych-scalars.rb` makes the table again. */
const PSYCH = JSON.parse(readFileSync(new URL('../fixtures/psych-scalars.json', import.meta.url), 'utf8')) as [
  text: string,
  kind: string,
  printed: string,
][];

function kindOf(value: ScalarValue, text: string): string {
  if (value === null) return 'null';
  if (value instanceof YamlFloat) return 'float';
  if (typeof value === 'boolean') return 'bool';
  // Integers that a double cannot hold keep their digits as text.
  return typeof value === 'number' || (value !== text && /^-?\d{16,}$/.test(value)) ? 'int' : 'str';
}

describe('a plain scalar', () => {
  const comparable = PSYCH.filter(([, kind]) => ['null', 'bool', 'int', 'float', 'str'].includes(kind));

  it.each(comparable)('%j is read as Psych reads it: %s %s', (text, kind, printed) => {
    const value = resolvePlainScalar(text);
    const isBigDecimal = kind === 'int' && value === text;
    expect(isBigDecimal ? 'int' : kindOf(value, text)).toBe(kind);
    expect(value === null ? '' : String(value)).toBe(printed);
  });

  it.each(PSYCH.filter(([, kind]) => kind === 'date' || kind === 'symbol'))('%j stays text', (text) => {
    expect(resolvePlainScalar(text)).toBe(text);
  });

  it.each(PSYCH.filter(([, kind, name]) => kind === 'error' && name === 'ArgumentError'))(
    '%j stays text where Psych fails',
    (text) => {
      expect(resolvePlainScalar(text)).toBe(text);
    },
  );
});

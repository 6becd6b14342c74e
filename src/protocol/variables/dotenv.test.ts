import { describe, expect, it } from 'vitest';
import { type Dotenv, parseDotenv } from './dotenv.ts';

const parse = (text: string): Dotenv => parseDotenv(Buffer.from(text));

describe('a dotenv report', () => {
  it('is KEY=VALUE lines: trimmed, quotes kept, the last of equal keys wins', () => {
    expect(parse('\ufeffA=1\r\n B = two words \nC="q"\nD=\nA=x=y\n')).toEqual({
      ok: true,
      variables: [
        { key: 'A', value: 'x=y' },
        { key: 'B', value: 'two words' },
        { key: 'C', value: '"q"' },
        { key: 'D', value: '' },
      ],
    });
    expect(parse('')).toEqual({ ok: true, variables: [] });
  });

  it.each([
    ['A=1\n\nB=2', 'line 2 is not KEY=VALUE'],
    ['# comment', 'line 1 is not KEY=VALUE'],
    ['A=1\nB-C=2', 'line 2: "B-C" is not a variable name'],
    ['=1', 'line 1: "" is not a variable name'],
    [`A=${'x'.repeat(5 * 1024)}`, 'more than 5120 bytes'],
    [Array.from({ length: 21 }, (_, index) => `K${index}=1`).join('\n'), 'more than 20 variables'],
  ])('is invalid as a whole: %j', (text, reason) => {
    expect(parse(text)).toEqual({ ok: false, error: `invalid dotenv report: ${reason}` });
  });
});

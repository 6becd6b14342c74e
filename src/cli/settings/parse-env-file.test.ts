import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './parse-env-file.ts';

function values(text: string): Record<string, string> {
  const parsed = parseEnvFile('.env', text);
  expect(parsed.problems).toEqual([]);
  return Object.fromEntries(parsed.values.map(({ key, value }) => [key, value]));
}

describe('an env file', () => {
  it('holds names and values, bare or quoted, with comments', () => {
    expect(
      values(
        '# comment\n\nA=1\nexport B = two words # said\nC="x # y"\nD=\'$raw\\n\'\nE=\nF=a=b\r\nG="line\\n\\"two\\""',
      ),
    ).toEqual({ A: '1', B: 'two words', C: 'x # y', D: '$raw\\n', E: '', F: 'a=b', G: 'line\n"two"' });
  });

  it('lets a quoted value span lines', () => {
    expect(values('KEY="-----BEGIN\nabc\n-----END"\nNEXT=1\n')).toEqual({
      KEY: '-----BEGIN\nabc\n-----END',
      NEXT: '1',
    });
  });

  it('says on which lines there is no assignment', () => {
    const { values: kept, problems } = parseEnvFile('.env', 'A=1\nnonsense\n1B=2\nC="open\nD=4\n');
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(kept.map(({ key }) => key)).toEqual(['A', 'D']);
  });
});

import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';
import { SourceMap } from './source-map.ts';

describe('words for text that is not YAML', () => {
  it.each([
    ['a second ": " in a line', 'job:\n  script: echo one: two\n', '2:19', 'no key can stand here'],
    ['a key without a space', 'job:\n  script:x\n  stage: test\n', '3:8', 'no key can stand here'],
    ['text behind a quote', 'job:\n  script:\n    - "one" two\n', '3:13', 'something follows the closing "'],
    ['a test in brackets', 'job:\n  script:\n    - [ -f x ] && y\n', '3:16', 'something follows the closing ]'],
    ['a character that is kept', 'job:\n  script:\n    - @all\n', '3:7', '"@" cannot begin a text'],
    ['a list that moves', 'job:\n  script:\n    - "x"\n   - y\n', '4:4', 'no line above begins in this column'],
  ])('tells of %s', (_, text, at, reason) => {
    const { problems } = readYaml({ file: 'ci.yml', text }, new SourceMap());
    expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      `${at} not valid YAML: ${reason}`,
    ]);
  });
});

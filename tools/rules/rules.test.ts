import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArrows } from './check-arrows.ts';
import { checkBans } from './check-bans.ts';
import { checkCycles } from './check-cycles.ts';
import { checkFunctions } from './check-functions.ts';
import { checkSizes } from './check-sizes.ts';
import { checkTests } from './check-tests.ts';
import { arrows, formatArrows } from './rooms.ts';
import { findings } from './testing/findings.ts';

describe('arrows between rooms', () => {
  it.each([
    ['a value', "import { run } from '../local/index.ts';"],
    ['a type', "import type { Run } from '../local/index.ts';"],
    ['a re-export', "export * from '../local/index.ts';"],
    ['a re-exported type', "export type { Run } from '../local/index.ts';"],
    ['a dynamic import', "export const load = () => import('../local/index.ts');"],
    ['an import type', "export type Run = import('../local/index.ts').Run;"],
    ['a side effect', "import '../local/index.ts';"],
  ])('refuse %s from a room that the table does not name', (_, text) => {
    expect(findings(checkArrows, { 'src/base/a.ts': `\n${text}\n` })).toEqual([
      'error src/base/a.ts:2: base must not import local (../local/index.ts)',
    ]);
  });

  it.each([
    ["import type { Status } from '../../src/protocol/index.ts';", 0],
    ["export type { Status } from '../../src/protocol/index.ts';", 0],
    ["export type Status = import('../../src/protocol/index.ts').Status;", 0],
    ["import { STATUSES } from '../../src/protocol/index.ts';", 1],
    ["import { STATUSES, type Status } from '../../src/protocol/index.ts';", 1],
    ["export { STATUSES } from '../../src/protocol/index.ts';", 1],
    ["export const load = () => import('../../src/protocol/index.ts');", 1],
  ])('let the page import types alone: %s', (text, refused) => {
    const refusal = 'web imports types alone of protocol: write `import type` (../../src/protocol/index.ts)';
    const found = findings(checkArrows, { 'web/src/a.ts': `${text}\n` });
    expect(found).toEqual(Array.from({ length: refused }, () => `error web/src/a.ts:1: ${refusal}`));
  });

  it('refuse an import past the index of a room that may be imported', () => {
    const text = "import type { Status } from '../protocol/status.ts';\n";
    expect(findings(checkArrows, { 'src/runner/a.ts': text })).toEqual([
      "error src/runner/a.ts:1: imports src/protocol/status.ts; the room's face is src/protocol/index.ts",
    ]);
  });

  it('refuse disk, clock and network in a pure room, but not in its tests', () => {
    const text = "import { readFileSync } from 'node:fs';\n";
    expect(findings(checkArrows, { 'src/compile/a.ts': text, 'src/compile/a.test.ts': text })).toEqual([
      'error src/compile/a.ts:1: compile is pure and must not import node:fs; pass what it needs in',
    ]);
  });

  it('refuse a room that is not in the table and a room that imports tools', () => {
    const files = { 'src/utils/a.ts': '\n', 'src/base/a.ts': "import '../../tools/build.ts';\n" };
    expect(findings(checkArrows, files)).toEqual([
      'error src/base/a.ts:1: imports tools/build.ts; nothing imports tools',
      `error src/utils/a.ts:1: stands in no room; the rooms are ${Object.keys(arrows).join(', ')} (tools/rules/rooms.ts)`,
    ]);
  });

  it('accept what the table allows, any room from tests and tools, and test support from tests', () => {
    const files = {
      'src/runner/a.ts': "import type { Clock } from '../base/index.ts';\nimport './b.ts';\n",
      'src/runner/b.ts': '\n',
      'src/runner/a.test.ts': "import '../../test/support/until.ts';\n",
      'test/support/until.ts': "import '../../src/runner/b.ts';\n",
      'tools/a.ts': "import '../src/local/deep.ts';\n",
      'src/main.ts': "import type { Host } from './cli/index.ts';\n",
    };
    expect(findings(checkArrows, files)).toEqual([]);
  });
});

describe('cycles', () => {
  it('are refused when they go through values, and when they go through types only', () => {
    const files = {
      'src/base/a.ts': "import { b } from './b.ts';\nexport const a = b;\n",
      'src/base/b.ts': "import type { C } from './c.ts';\nexport const b: C = 1;\n",
      'src/base/c.ts': "import type { a } from './a.ts';\nexport type C = typeof a;\n",
      'src/git/d.ts': "export type D = import('./e.ts').E;\n",
      'src/git/e.ts': "export type { D as E } from './d.ts';\n",
    };
    expect(findings(checkCycles, files)).toEqual([
      'error src/base/a.ts:1: import cycle: src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts',
      'error src/git/d.ts:1: import cycle: src/git/d.ts → src/git/e.ts → src/git/d.ts',
    ]);
  });

  it('are not seen where two ways lead to one file', () => {
    const files = {
      'src/base/a.ts': "import './b.ts';\nimport './c.ts';\n",
      'src/base/b.ts': "import './c.ts';\n",
      'src/base/c.ts': '\n',
    };
    expect(findings(checkCycles, files)).toEqual([]);
  });
});

describe('sizes', () => {
  it('refuse more than 250 lines, of tests too, but not of fixtures', () => {
    const files = {
      'src/base/small.ts': '//\n'.repeat(250),
      'src/base/long.ts': '//\n'.repeat(251),
      'src/base/small.test.ts': '//\n'.repeat(251),
      'src/base/fixtures/longer.ts': '//\n'.repeat(401),
    };
    expect(findings(checkSizes, files)).toEqual([
      expect.stringMatching(/^error src\/base\/long\.ts:251: 251 lines, at most 250/),
      expect.stringMatching(/^error src\/base\/small\.test\.ts:251: 251 lines/),
    ]);
  });

  it('refuse a folder of more than 15 files, tests counted', () => {
    const folder = (count: number, suffix: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/base/f${index}${suffix}`, '\n']));
    expect(findings(checkSizes, folder(15, '.ts'))).toEqual([]);
    const half = { ...folder(8, '.ts'), ...folder(8, '.test.ts') };
    expect(findings(checkSizes, half)).toEqual(['error src/base:1: 16 files, at most 15']);
    expect(findings(checkSizes, folder(16, '.ts'))).toEqual(['error src/base:1: 16 files, at most 15']);
  });
});

describe('functions', () => {
  const body = (lines: number): string => `{\n${'  a;\n'.repeat(lines - 2)}}`;
  const one = (lines: number): string => `export function f() ${body(lines)}\n`;

  it('have at most 60 lines, in tests too', () => {
    expect(findings(checkFunctions, { 'src/base/a.ts': one(60), 'src/base/a.test.ts': one(61) })).toEqual([
      'error src/base/a.test.ts:1: a function of 61 lines, at most 60',
    ]);
  });

  it('are not the groups that tests stand in', () => {
    const text = `describe.each([1])('a', () => ${body(90)});\ndescribeAsRoot('b', () => ${body(90)});\n`;
    expect(findings(checkFunctions, { 'src/base/a.test.ts': text })).toEqual([]);
  });
});

describe('tests', () => {
  it('are named for the file beside them or for their folder', () => {
    const names = ['base.test.ts', 'base.all.test.ts', 'a.test.ts', 'a.odd.test.ts', 'b.test.ts', 'a-odd.test.ts'];
    const files = Object.fromEntries(['a.ts', ...names].map((name) => [`src/base/${name}`, '\n']));
    expect(findings(checkTests, files).map((finding) => finding.split(';')[0])).toEqual([
      'error src/base/a-odd.test.ts:1: no a-odd.ts beside it',
      'error src/base/b.test.ts:1: no b.ts beside it',
    ]);
  });

  it('keep what only they use in a folder of its own, which the product does not use', () => {
    const files = {
      'src/main.ts': "import './base/index.ts';\n",
      'src/base/index.ts': "export * from './a.ts';\n",
      'src/base/a.ts': "import './testing/b.ts';\n",
      'src/base/c.ts': '\n',
      'src/base/testing/b.ts': '\n',
      'src/base/testing/d.ts': '\n',
      'src/store/index.ts': '\n',
    };
    expect(findings(checkTests, files)).toEqual([
      'error src/base/c.ts:1: src/main.ts does not reach it; what only tests use stands in a folder named testing',
      'error src/base/testing/b.ts:1: the product uses it, and it stands among the tests',
    ]);
  });
});

describe('bans', () => {
  it.each([
    ['process.env.HOME', 'only src/main.ts reads the environment; pass the value in'],
    ["process['env']", 'only src/main.ts reads the environment; pass the value in'],
    ['process.exit(1)', 'only src/main.ts ends the process; return an exit code'],
    ['Date.now()', 'time comes from the Clock that was passed in'],
    ['new Date()', 'time comes from the Clock that was passed in'],
    ['performance.now()', 'time comes from the Clock that was passed in'],
  ])('refuse %s in a room, but not in main, tools or tests', (code, message) => {
    const text = `export const a = ${code};\n`;
    const files = { 'src/base/a.ts': text, 'src/main.ts': text, 'tools/a.ts': text, 'src/base/a.test.ts': text };
    expect(findings(checkBans, files)).toEqual([`error src/base/a.ts:1: ${message}`]);
  });

  it('refuse chance in a pure room only', () => {
    const text = 'export const a = Math.random();\n';
    expect(findings(checkBans, { 'src/lifecycle/a.ts': text, 'src/git/a.ts': text })).toEqual([
      'error src/lifecycle/a.ts:1: a pure room takes chance as an argument',
    ]);
  });

  it('refuse a test that just sleeps, but not a timer that acts', () => {
    const files = {
      'src/base/a.test.ts': 'await new Promise((done) => setTimeout(done, 50));\n',
      'test/scenarios/b.e2e.test.ts': "import { setTimeout as sleep } from 'node:timers/promises';\n",
      'test/support/until.ts': 'await new Promise((done) => setTimeout(done, 50));\n',
      'src/base/c.test.ts': 'setTimeout(() => child.kill(), 50);\n',
    };
    const message = 'a bare sleep; wait for a state with a deadline (vi.waitFor)';
    expect(findings(checkBans, files)).toEqual([
      `error src/base/a.test.ts:1: ${message}`,
      `error test/scenarios/b.e2e.test.ts:1: ${message}`,
    ]);
  });
});

it('docs/architecture.md shows the table that is enforced', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/architecture.md'), 'utf8');
  expect(page).toContain(`\`\`\`text\n${formatArrows()}\n\`\`\``);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../base/index.ts';
import { fixtureNames, readFixture, summarize } from './fixtures/read-fixture.ts';
import { compile } from './index.ts';

/** `UPDATE_GOLDENS=1` writes what comes out; read the difference before committing it. */
const UPDATE = process.env.UPDATE_GOLDENS === '1';

describe('compiling a fixture', () => {
  it.each(fixtureNames())('%s gives what its golden file says', (name) => {
    const { source, context } = readFixture(name);
    const result = compile(source, context);
    const kind = name.startsWith('bad-') ? 'problems.json' : 'plan.json';
    const golden = join(import.meta.dirname, 'fixtures', name, kind);
    const actual = `${JSON.stringify(summarize(result), null, 2)}\n`;
    if (UPDATE) writeFileSync(golden, actual);
    expect(existsSync(golden), `${golden} is missing`).toBe(true);
    expect(actual).toBe(readFileSync(golden, 'utf8'));
    expect(result.plan !== null && hasErrors(result.problems)).toBe(false);
    // Nothing of the compiler's own sticks to what it hands out.
    expect(result.plan).toStrictEqual(JSON.parse(JSON.stringify(result.plan)));
  });

  it('has at least as many broken as good files', () => {
    const names = fixtureNames();
    const broken = names.filter((name) => name.startsWith('bad-'));
    expect(broken.length).toBeGreaterThanOrEqual(names.length / 2);
  });
});

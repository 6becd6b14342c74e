import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Build } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { fixtureNames, readFixture } from '../fixtures/read-fixture.ts';
import { compile } from '../index.ts';
import { JOB_KEYWORDS, type JobKeyword } from '../shape/job.ts';
import { ROOT_KEYWORDS } from '../shape/root.ts';
import { isMapping, Reference } from '../yaml/mapping.ts';
import { compileCheck } from './compile-check.ts';
import { explain } from './explain.ts';
import type { Schema } from './schema-words.ts';

const keywords: [string, TSchema][] = Object.entries({ ...ROOT_KEYWORDS, ...JOB_KEYWORDS });

/** Values of each keyword in all fixtures, broken ones included. */
const written = new Map<string, unknown[]>();
for (const name of fixtureNames()) {
  const { source, context } = readFixture(name);
  for (const [key, value] of compile(source, context).merged ?? []) {
    for (const [keyword, part] of isMapping(value) ? Object.entries(value) : []) push(keyword, part);
    push(key, value);
  }
}
function push(keyword: string, value: unknown): void {
  // What could not be resolved is refused without another word.
  if (holdsReference(value)) return;
  if (Object.hasOwn(JOB_KEYWORDS, keyword) || Object.hasOwn(ROOT_KEYWORDS, keyword)) {
    written.set(keyword, [...(written.get(keyword) ?? []), value]);
  }
}

function holdsReference(value: unknown): boolean {
  if (value instanceof Reference) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsReference);
}

const words = [
  ...keywords.map(([keyword]) => keyword),
  'paths',
  'if',
  'name',
  'key',
  'job',
  'matrix',
  'max',
  'port',
  'exec',
];
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, 2, 300, -1, '', 'a', 'always', 'on_success', '$A', '/x/', 'a/b', ...words),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe.each(keywords)('the check of %s', (keyword, schema) => {
  const check = compileCheck(schema as Schema);
  const built = Build(schema).Evaluate();
  const misfits = (value: unknown) =>
    explain(schema, value, { name: '', rootPath: '', path: [keyword], place: { node: null } });

  it('says what TypeBox says, and a refusal is always explained', () => {
    const agree = (value: unknown) => {
      expect(check(value)).toBe(built.Check(value));
      expect(misfits(value).length === 0).toBe(check(value));
    };
    for (const value of written.get(keyword as JobKeyword) ?? []) agree(value);
    fc.assert(fc.property(anyValue, agree), { numRuns: 100 });
  });
});

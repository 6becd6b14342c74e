import fc from 'fast-check';
import type { TSchema } from 'typebox';

/** What breaks things: nothing, too much, of another kind, of another language, with a meaning somewhere. */
export const WILD_TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '1',
    '-1',
    '1.5',
    '9007199254740993',
    '99999999999999999999',
    '1e400',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
  ],
  ...[
    '2147483648',
    '9223372036854775808',
    '-9223372036854775809',
    '0x10',
    '1 or 1=1',
    "' or ''='",
    "'; drop table jobs; --",
  ],
  ...['"', '\\', '%', '_', '%25', '$1', '?', ':name', 'id desc; select 1', 'name_asc,id', 'id"; --'],
  ...[
    '..',
    '.',
    '../..',
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    '%2e%2e%2f',
    '%252e%252e%252f',
    '..\\..\\b',
    '%00',
    'a%00b',
    'a//b',
    '-x',
    '--upload-pack=x',
  ],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\ufffe',
    '\u202e',
    '🙂',
    'é',
    'e\u0301',
    '\u0001\u001b[31m',
    'a\r\nx-evil: 1',
    'a\nset-cookie: x=1',
    '\r\n\r\n<script>',
  ],
  ...[
    'main',
    'HEAD',
    'refs/heads/main',
    'main~1',
    'main^{/x}',
    '@{-1}',
    ':/x',
    'a..b',
    'main:a',
    '0000000000000000000000000000000000000000',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__proto__[x]', 'constructor.prototype'],
  'x'.repeat(300),
  '🙂'.repeat(2_000),
  'a/'.repeat(700),
  '['.repeat(500),
];

export const WILD_TEXT: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WILD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const DEEP = JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) as unknown;
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [null],
  [[[[]]]],
  { key: 'A' },
  [{ key: 'A', value: 'b' }],
  { a: { b: { c: {} } } },
  { length: 3 },
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e300,
  -1e300,
  { toString: 'x' },
  { toJSON: 1 },
  DEEP,
  ['main'],
  [1, 'a', null],
  { '': 1 },
];

export const WILD_JSON: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: WILD_TEXT },
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value) ?? 'null')) },
);

/** What the schema asks for, of this server's own things where it knows them, or something wild. */
export function fitting(
  schema: TSchema | undefined,
  wild: fc.Arbitrary<unknown>,
  wildWeight = 1,
): fc.Arbitrary<unknown> {
  const { type, enum: words, items, anyOf, const: only, properties } = (schema ?? {}) as Record<string, unknown>;
  const good = (): fc.Arbitrary<unknown> => {
    if (Array.isArray(words)) return fc.constantFrom(...words);
    if (only !== undefined) return fc.constant(only);
    if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => fitting(one as TSchema, wild, 0)));
    if (type === 'integer' || type === 'number') return fc.integer({ min: 0, max: 8 });
    if (type === 'boolean') return fc.boolean();
    if (type === 'null') return fc.constant(null);
    if (type === 'array') return fc.array(fitting(items as TSchema, wild, 0), { minLength: 1, maxLength: 3 });
    if (properties !== undefined) return fieldsOf(schema, wild);
    return fc.constantFrom('main', 'build', 'KEY', '2026-01-02T03:04:05Z', '2026-02-03', '1', 'abc', 'a/b.txt');
  };
  if (wildWeight === 0) return good();
  return fc.oneof({ weight: 3, arbitrary: good() }, { weight: wildWeight, arbitrary: wild });
}

/** All that is required, nearly always, a few of the others, and sometimes what nobody asked for. */
export function fieldsOf(schema: unknown, wild: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, TSchema>;
    required?: string[];
  };
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  return fc.subarray(others, { maxLength: Math.min(3, others.length) }).chain((some) => {
    const fields = [...required, ...some].map((name) => [name, fitting(properties[name], wild)] as const);
    return fc
      .record(Object.fromEntries(fields), fields.length === 0 ? {} : { requiredKeys: [] })
      .chain((partial) =>
        fc.oneof(
          { weight: 8, arbitrary: fc.record(Object.fromEntries(fields)) },
          { weight: 1, arbitrary: fc.constant(partial) },
        ),
      );
  });
}

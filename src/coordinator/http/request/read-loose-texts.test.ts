import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { readLooseTexts } from './read-loose-texts.ts';

const SCHEMA = Type.Object({
  flag: Type.Optional(Type.Boolean()),
  maybe: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  count: Type.Optional(Type.Integer()),
  name: Type.Optional(Type.String()),
  either: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
});

it.each([
  [
    { flag: 'True', maybe: '0' },
    { flag: true, maybe: false },
  ],
  [
    { flag: 'off', maybe: 'Y' },
    { flag: false, maybe: true },
  ],
  [{ flag: '', count: '' }, {}],
  [{ flag: 'perhaps' }, { flag: 'perhaps' }],
  [
    { name: '1', either: 'true', other: 'True' },
    { name: '1', either: 'true', other: 'True' },
  ],
])('reads %j as %j', (given, read) => {
  const values = { ...given };
  readLooseTexts(SCHEMA, values);
  expect(values).toEqual(read);
});

it('leaves what has no names alone', () => {
  for (const values of [null, 'True', ['True'], 1]) expect(() => readLooseTexts(SCHEMA, values)).not.toThrow();
});

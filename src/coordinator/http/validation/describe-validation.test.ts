import Type from 'typebox';
import { afterEach, expect, it } from 'vitest';
import { route } from '../index.ts';
import { as, closeServers, serve } from '../testing/serve-routes.ts';

afterEach(closeServers);

const body = Type.Object({
  state: Type.Optional(Type.Array(Type.Enum(['open', 'lost']))),
  kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
  day: Type.Optional(Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()])),
  note: Type.Optional(Type.String({ maxLength: 3, pattern: '^[^\\u0000]*$' })),
  level: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  flag: Type.Optional(Type.Boolean()),
  list: Type.Optional(Type.Array(Type.Object({ key: Type.String({ minLength: 1 }) }), { minItems: 1 })),
});

const take = route({
  method: 'POST',
  path: '/take',
  action: 'version.read',
  summary: 'Takes anything',
  tag: 'test',
  body,
  answers: { 200: null },
  handle: () => ({ status: 200 }),
});

it.each<[unknown, string]>([
  [{ state: 'broken' }, 'state does not have a valid value (allowed: open, lost)'],
  [{ kind: 'c' }, 'kind does not have a valid value (allowed: a, b)'],
  [{ day: 'soon' }, 'day is invalid (it has to be a day, as 2026-01-31)'],
  [{ note: '\0' }, 'note is invalid (it has to be without the character U+0000)'],
  [{ note: 'long' }, 'note is invalid (it has to be 3 characters at most)'],
  [{ level: 'x' }, 'level is invalid (it has to be a whole number)'],
  [{ level: 0 }, 'level is invalid (it has to be 1 or more)'],
  [{ level: 6 }, 'level is invalid (it has to be 5 at most)'],
  [{ flag: 'perhaps' }, 'flag is invalid (it has to be true or false)'],
  [{ list: [] }, 'list is invalid (it has to be a list of 1 or more)'],
  [{ list: 'x' }, 'list[0] is invalid (it has to be a map of names and values)'],
  [{ list: [{}] }, 'list[0][key] is missing'],
  [{ list: [{ key: '' }] }, 'list[0][key] is invalid (it has to be 1 character or more)'],
])('says of %j what would do', async (payload, error) => {
  const answer = await (await serve(take)).inject({
    method: 'POST',
    url: '/take',
    headers: as,
    payload: payload as object,
  });
  expect([answer.statusCode, answer.json()]).toEqual([400, { error }]);
});

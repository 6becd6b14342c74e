import { afterEach, beforeEach, expect, it } from 'vitest';
import { listAudit } from '../../store/index.ts';
import { type OpenedRest, openRest } from '../rest/testing/open-rest.ts';
import { makeProject } from '../testing/make-project.ts';
import { variablesRoutes } from './index.ts';

let rest: OpenedRest;
let at: string;

beforeEach(async () => {
  rest = await openRest(variablesRoutes);
  const { id } = await makeProject(rest.parts, { files: {} });
  at = `/projects/${id}/variables`;
});

afterEach(() => rest.close());

const post = (body: object, path = at) => rest.ask('POST', path, { body });

it('makes, changes and removes a variable, and notes who did, without the value', async () => {
  const made = await post({ key: 'TOKEN', value: 'one', protected: true });
  expect([made.status, made.json]).toEqual([
    201,
    {
      variable_type: 'env_var',
      key: 'TOKEN',
      value: 'one',
      protected: true,
      masked: false,
      hidden: false,
      raw: false,
      environment_scope: '*',
      description: null,
    },
  ]);
  const changed = await rest.ask('PUT', `${at}/TOKEN`, { body: { value: 'two', variable_type: 'file' } });
  expect(changed.json).toMatchObject({ value: 'two', variable_type: 'file', protected: true });
  expect((await rest.ask('GET', at)).json).toEqual([changed.json]);
  expect((await rest.ask('DELETE', `${at}/TOKEN`)).status).toBe(204);
  expect((await rest.ask('GET', `${at}/TOKEN`)).json).toEqual({ message: '404 Variable Not Found' });
  const page = { limit: 10, offset: 0, after: null, order: 'asc' } as const;
  const audit = await rest.parts.store.read((db) => listAudit(db, null, page));
  expect(audit.map(({ action, targetId }) => [action, targetId])).toEqual([
    ['variable.create', 'TOKEN'],
    ['variable.update', 'TOKEN'],
    ['variable.delete', 'TOKEN'],
  ]);
  expect(JSON.stringify(audit)).not.toMatch(/"(one|two)"/);
});

it('tells variables of one key apart by their environment, and asks which where there are several', async () => {
  await post({ key: 'URL', value: 'a', environment_scope: 'production' });
  await post({ key: 'URL', value: 'b', environment_scope: 'review/*' });
  expect((await post({ key: 'URL', value: 'c', environment_scope: 'production' })).json).toEqual({
    message: { key: ['(URL) has already been taken'] },
  });
  expect((await rest.ask('GET', `${at}/URL`)).status).toBe(409);
  const review = `${at}/URL?filter[environment_scope]=review/*`;
  expect((await rest.ask('GET', review)).json.value).toBe('b');
  const body = { value: 'd', filter: { environment_scope: 'production' } };
  expect((await rest.ask('PUT', `${at}/URL`, { body })).json.value).toBe('d');
  expect((await rest.ask('DELETE', review)).status).toBe(204);
  expect((await rest.ask('GET', `${at}/URL`)).json.value).toBe('d');
});

it('shows a hidden value to nobody, and lets nobody unmask it', async () => {
  const made = await post({ key: 'SECRET', value: 'very-secret', masked_and_hidden: true });
  expect(made.json).toMatchObject({ value: null, masked: true, hidden: true });
  expect((await rest.ask('PUT', `${at}/SECRET`, { body: { masked: false } })).status).toBe(400);
  expect((await rest.ask('GET', at)).text).not.toContain('very-secret');
});

it.each([
  ['a key with a dash', { key: 'a-b', value: '' }, 'key'],
  ['no key', { key: '', value: '' }, 'key'],
  ['a short masked value', { key: 'A', value: '1234567', masked: true }, 'value'],
  ['a masked value of two lines', { key: 'A', value: '12345678\n12345678', masked: true }, 'value'],
  ['a masked value that would be expanded', { key: 'A', value: '$OTHER_VALUE', masked: true }, 'value'],
  ['a raw masked value with a space', { key: 'A', value: '1234 5678', masked: true, raw: true }, 'value'],
  ['a value that is too long', { key: 'A', value: 'x'.repeat(10_001) }, 'value'],
  ['an environment with a bracket', { key: 'A', value: '', environment_scope: '[a]' }, 'environment_scope'],
])('refuses %s', async (_what, body, field) => {
  const answer = await post(body);
  expect([answer.status, Object.keys(answer.json.message)]).toEqual([400, [field]]);
});

it('takes a masked value with a dollar when it is raw', async () => {
  expect((await post({ key: 'A', value: '$OTHER#VALUE', masked: true, raw: true })).status).toBe(201);
});

it.each([
  ['value is missing', { key: 'A' }],
  [
    'variable_type does not have a valid value (allowed: env_var, file)',
    { key: 'A', value: '', variable_type: 'directory' },
  ],
  ['value is invalid (it has to be without the character U+0000)', { key: 'A', value: '\0' }],
])('says %s', async (error, body) => {
  const answer = await post(body);
  expect([answer.status, answer.json]).toEqual([400, { error }]);
});

it('keeps those of the instance for administrators', async () => {
  const path = '/admin/ci/variables';
  expect((await post({ key: 'A', value: 'b' }, path)).status).toBe(403);
  const as = 'administrator';
  expect((await rest.ask('POST', path, { body: { key: 'A', value: 'b' }, as })).status).toBe(201);
  expect((await rest.ask('GET', `${path}/A`, { as })).json.value).toBe('b');
  expect((await rest.ask('GET', at)).json).toEqual([]);
});

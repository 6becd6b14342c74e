import { expect, it } from 'vitest';
import { describe, keysOf, lookUp, type Schema, valuesOf } from './look-up.ts';

const ROOT: Schema = {
  properties: { stages: { $ref: '#/definitions/Words' } },
  patternProperties: { '^\\.': { type: 'object' } },
  additionalProperties: { $ref: '#/definitions/job' },
  definitions: {
    Words: { anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/definitions/Words' } }] },
    job: {
      properties: {
        when: { anyOf: [{ enum: ['manual', 'always'] }, { type: 'null' }] },
        rules: { type: 'array', items: { properties: { if: { type: 'string' } } } },
        interruptible: { type: 'boolean' },
      },
    },
  },
};

it('follows alternatives, references, patterns and lists', () => {
  expect([...keysOf(ROOT, ['build']).keys()]).toEqual(['when', 'rules', 'interruptible']);
  expect([...keysOf(ROOT, ['build', 'rules', '*']).keys()]).toEqual(['if']);
  expect([...keysOf(ROOT, ['.hidden']).keys()]).toEqual([]);
  expect(valuesOf(ROOT, ['build', 'when'])).toEqual(['manual', 'always']);
  expect(valuesOf(ROOT, ['build', 'interruptible'])).toEqual(['true', 'false']);
  expect(lookUp(ROOT, ['build', 'nothing', 'below'])).toEqual([]);
});

it('comes to an end where a schema contains itself', () => {
  expect(lookUp(ROOT, ['stages', '*', '*', '*']).map(({ type }) => type)).toEqual(['string', 'array']);
});

it('says in words what may stand there', () => {
  expect(describe(lookUp(ROOT, ['build', 'when']))).toBe('manual · always');
  expect(describe(lookUp(ROOT, ['build', 'rules']))).toBe('a list');
  expect(describe(lookUp(ROOT, ['build']))).toBe('a map of when, rules, interruptible');
});

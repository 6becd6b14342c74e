import { expect, it } from 'vitest';
import { isReservedName } from './reserved-names.ts';

it('keeps the first parts of the own addresses, however they are written', () => {
  expect(['api', 'API', 'metrics', 'users', 'acme'].filter(isReservedName)).toEqual(['api', 'API', 'metrics', 'users']);
});

import { expect, it } from 'vitest';
import { NoConnection, readPostgresError } from './postgres-failure.ts';

const withCode = (code: string) => Object.assign(new Error('no'), { code });

it.each([
  ['another transaction came first', withCode('40001'), 'store_conflict'],
  ['a statement took too long', withCode('57014'), 'store_conflict'],
  ['the server stops', withCode('57P01'), 'store_unreachable'],
  ['the server starts', withCode('57P03'), 'store_unreachable'],
  ['the server has no memory', withCode('53200'), 'store_unreachable'],
  ['the disk of the server is full', withCode('53100'), 'store_full'],
  ['the server is a standby', withCode('25006'), 'store_read_only'],
  ['nobody listens', withCode('ECONNREFUSED'), 'store_unreachable'],
  ['it was cut', new Error('Connection terminated unexpectedly'), 'store_unreachable'],
  ['it was cut before', new Error('Client was closed and is not queryable'), 'store_unreachable'],
  ['the database takes nobody', new NoConnection(withCode('55000')), 'store_unreachable'],
  ['the password is another', new NoConnection(withCode('28P01')), 'store_unreachable'],
  ['the database was removed', new NoConnection(withCode('3D000')), 'store_unreachable'],
])('says what it means that %s', (_what, error, code) => {
  expect(readPostgresError(error, 'postgres://db/ci')).toMatchObject({ code, cause: error });
});

it('leaves a mistake of ours as it is', () => {
  const error = withCode('42601');
  expect(readPostgresError(error, 'postgres://db/ci')).toBe(error);
});

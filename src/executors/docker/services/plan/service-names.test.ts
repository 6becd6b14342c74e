import { expect, it } from 'vitest';
import { serviceNames } from './service-names.ts';

const SHA = `sha256:${'ab'.repeat(32)}`;

it.each([
  ['postgres', 'postgres:latest', ['postgres']],
  ['postgres:16', 'postgres:16', ['postgres']],
  ['tutum/wordpress:latest', 'tutum/wordpress:latest', ['tutum__wordpress', 'tutum-wordpress']],
  [
    'registry.example.com/a/b',
    'registry.example.com/a/b:latest',
    ['registry.example.com__a__b', 'registry.example.com-a-b'],
  ],
  [
    'registry.example.com:5000/a/b:1',
    'registry.example.com:5000/a/b:1',
    ['registry.example.com__a__b', 'registry.example.com-a-b'],
  ],
  ['localhost:5000/db', 'localhost:5000/db:latest', ['localhost__db', 'localhost-db']],
  [`redis@${SHA}`, `redis:${SHA}`, ['redis']],
  [`redis:7@${SHA}`, 'redis:7', ['redis']],
])('%s is %s and reached as %j', (image, title, aliases) => {
  expect(serviceNames(image, [null], new Set())).toEqual({ title, aliases, warnings: [] });
});

it('adds aliases, several in one text', () => {
  const { aliases } = serviceNames('postgres:16', ['db  db.local,pg', 'one', ''], new Set());
  expect(aliases).toEqual(['postgres', 'db', 'db.local', 'pg', 'one']);
});

it('leaves out what another service is called, and says so', () => {
  expect(serviceNames('postgres:15', ['db postgres'], new Set(['postgres']))).toEqual({
    title: 'postgres:15',
    aliases: ['db'],
    warnings: ['Service postgres:15 is not reached as postgres: a service before it is'],
  });
});

it.each([['a/b'], ['-db'], ['däta'], ['a..b'], ['$X'], ['x'.repeat(254)]])('refuses %j as a name', (alias) => {
  const { aliases, warnings } = serviceNames('redis', [alias], new Set());
  expect(aliases).toEqual(['redis']);
  expect(warnings).toEqual([expect.stringContaining('that is no name of a host')]);
});

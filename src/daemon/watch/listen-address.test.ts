import { expect, it } from 'vitest';
import { parseListenAddress } from './listen-address.ts';

it.each([
  ['localhost', { host: 'localhost', port: 9252 }],
  ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  [':9000', { host: '', port: 9000 }],
  ['[::1]', { host: '::1', port: 9252 }],
  ['[::]:1', { host: '::', port: 1 }],
  ['', null],
  ['::1', null],
  ['a:70000', null],
  ['a:b', null],
])('reads %j', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

import { expect, it } from 'vitest';
import { isMaskable } from './maskable.ts';

it.each(['hunter2!', 'pa$$word', 'päßwörtér', 'a'.repeat(5000)])('%j can be masked', (value) => {
  expect(isMaskable(value)).toBe(true);
});

it.each(['', 'short', '1234567', 'two words', '-----BEGIN KEY-----\nabc\n', ' padded-value'])('%j cannot', (value) => {
  expect(isMaskable(value)).toBe(false);
});

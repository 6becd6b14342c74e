import { expect, it } from 'vitest';
import { quoted } from './quoted.ts';

it.each([
  ['HEAD:feature/x-1.2', 'HEAD:feature/x-1.2'],
  ['HEAD:main;curl${IFS}x|sh', "'HEAD:main;curl${IFS}x|sh'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('writes %s as one word of a shell', (word, written) => {
  expect(quoted(word)).toBe(written);
});

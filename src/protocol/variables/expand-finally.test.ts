import { expect, it } from 'vitest';
import { expandFinally } from './expand-finally.ts';

const known: Readonly<Record<string, string>> = { A: 'one', LONG_2: '$A', EMPTY: '' };

it.each([
  ['$A ${A}', 'one one'],
  ['$LONG_2', '$A'],
  ['$A-$Ab', 'one-'],
  ['[$EMPTY$NOBODY${NOBODY}]', '[]'],
  ['$$A ${$} a$', '$A $ a$'],
  ['100$ $% $\n', '100$ $% $\n'],
  ['$1a ${} ${open', 'a  open'],
  ['no dollar', 'no dollar'],
])('expands %j to %j', (text, expanded) => {
  expect(expandFinally(text, (name) => known[name])).toBe(expanded);
});

it('leaves a text as it is that would get far too long', () => {
  const lookup = () => 'x'.repeat(1024);
  expect(expandFinally('$X'.repeat(128), lookup)).toHaveLength(128 * 1024);
  const [longer, endless] = [`${'$X'.repeat(128)} $X`, '$X'.repeat(1_000_000)];
  expect([expandFinally(longer, lookup) === longer, expandFinally(endless, lookup) === endless]).toEqual([true, true]);
});

import { expect, it } from 'vitest';
import { compare, median, quantile, verdict } from './compare.ts';

it('takes samples turn and turn about, and throws the first round away', async () => {
  const order: string[] = [];
  const sample = (who: string, first: number, later: number) => (): number => {
    order.push(who);
    return order.filter((name) => name === who).length === 1 ? first : later;
  };
  const result = await compare({
    name: 'x',
    target: 3,
    rounds: 2,
    ours: sample('a', 900, 20),
    theirs: sample('b', 1, 10),
  });
  expect(order.join('')).toBe('ababab');
  expect(result.ratio).toBe(2);
  expect(result.line).toContain('2.00 ×  (2.00–2.00)  20 ms / 10 ms');
});

it('says whether a promise was kept, and by how much it was missed', () => {
  expect(verdict(1.5, 1.5, '×')).toBe('ok, at most 1.5×');
  expect(verdict(3, 2, '×')).toBe('MISSED by 50 %, at most 2×');
  expect(verdict(3, null, '×')).toBe('nothing promised');
});

it('interpolates quantiles', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([1, 2])).toBe(1.5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

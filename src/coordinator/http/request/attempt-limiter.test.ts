import { expect, it } from 'vitest';
import { AutoClock } from '../../../../test/support/auto-clock.ts';
import { AttemptLimiter } from './attempt-limiter.ts';

const limiter = (): AttemptLimiter => new AttemptLimiter(new AutoClock(0), 2, 60_000);

it('counts all addresses of an IPv6 network as one, however they are written', () => {
  const wrong = limiter();
  wrong.failed('2001:db8:0:1::1');
  wrong.failed('2001:DB8:0000:1:ffff:0:0:9');
  expect(wrong.waitSeconds('2001:db8:0:1:2:3:4:5')).toBeGreaterThan(0);
  for (const other of ['2001:db8:0:2::1', '2001:db8::1', '::1', '::ffff:10.0.0.1', '10.0.0.1']) {
    expect([other, wrong.waitSeconds(other)]).toEqual([other, 0]);
  }
});

it('takes back what turned out to be none, and nothing else', () => {
  const wrong = limiter();
  for (let at = 0; at < 3; at += 1) wrong.failed('10.0.0.1');
  wrong.takeBack('10.0.0.1');
  expect(wrong.waitSeconds('10.0.0.1')).toBeGreaterThan(0);
  wrong.takeBack('10.0.0.1');
  expect(wrong.waitSeconds('10.0.0.1')).toBe(0);
});

it('remembers so many addresses and no more, however many there are', () => {
  const wrong = limiter();
  const addresses = Array.from({ length: 10_001 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  for (const address of addresses) for (let at = 0; at < 2; at += 1) wrong.failed(address);
  expect(addresses.filter((address) => wrong.waitSeconds(address) === 0)).toEqual(['10.0.0.0']);
});

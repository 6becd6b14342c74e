import { expect, it } from 'vitest';
import { findCoverage } from './find-coverage.ts';

async function find(text: string, pattern: string, now = () => 0, giveWay = async () => {}): Promise<string | null> {
  const bytes = Buffer.from(text);
  // A few bytes at a time.
  async function* read(from: number, to: number) {
    for (let at = from; at < to; at += 1_000) yield bytes.subarray(at, Math.min(at + 1_000, to));
  }
  return await findCoverage({ read, sizeBytes: bytes.length }, pattern, { now, giveWay });
}

it('takes the first number of the last group of the last match in the last line that has one', async () => {
  const log = 'Coverage: 10%\nCoverage: 20% Coverage: 030.50%\nCoverage: none\nbye\n';
  expect(await find(log, '/Coverage: \\d+\\.?\\d*%/')).toBe('30.5');
  expect(await find(log, '/Coverage: (\\S+)/')).toBe('30.5');
  expect(await find(log, '/(Coverage): (\\d+)/')).toBe('30');
  expect(await find('lines 12 of 34\r\n', '/LINES (\\d+) of (\\d+)$/i')).toBe('34');
  expect(await find('total 7 8', '/total.*/')).toBe('7');
  expect(await find('100 % at last', '/^\\d+/')).toBe('100');
  expect(await find(log, '/Branches: \\d+/')).toBeNull();
  expect(await find('', '/\\d*/')).toBeNull();
  expect(await find(log, '/(?=1)/')).toBeNull();
});

it('reads a line as it stands, without times and without colours', async () => {
  const time = '2026-05-22T12:43:46.962646Z 00O ';
  expect(await find(`${time}TOTAL \u001b[1;32m81%\u001b[0m\n${time}bye\n`, '/^TOTAL (\\d+)%$/')).toBe('81');
  expect(await find('\u001b[32m81%\u001b[0m\n', '/\\x1b\\[32m(\\d+)%/')).toBe('81');
});

it('finds a line that lies across what is read at once, and only the end of a very long one', async () => {
  const filler = 'x'.repeat(64 * 1024 - 10);
  expect(await find(`Coverage: 55.5%\n${filler}`, '/Coverage: (\\d+\\.\\d+)%/')).toBe('55.5');
  expect(await find(`Coverage: 1%${'y'.repeat(200_000)}Coverage: 2%`, '/Coverage: (\\d+)%/')).toBe('2');
  expect(await find(`Coverage: 1%${'y'.repeat(200_000)}`, '/Coverage: (\\d+)%/')).toBeNull();
  expect(await find('Coverage: 12%\nä\u{1f600}ö\n'.padEnd(300_000, 'ä\n'), '/Coverage: (\\d+)%/')).toBe('12');
});

it('looks no farther back than 2 MiB, and no longer than half a second', async () => {
  const far = `Coverage: 1%\n${'line\n'.repeat((2 << 20) / 5 + 1)}`;
  expect(await find(far, '/Coverage: (\\d+)%/')).toBeNull();
  let ms = 0;
  const slow = () => (ms += 400);
  expect(await find('Coverage: 1%\na\nb\nc\n', '/Coverage: (\\d+)%/', slow)).toBeNull();
  expect(await find('1 '.repeat(1_000), '/\\d/', slow)).toBeNull();
});

it.each([
  ['many lines', 'line\n'.repeat(50)],
  ['many matches in one line', '/ '.repeat(50)],
])('gives way each few milliseconds, and goes on where it was: %s', async (_, filler) => {
  let ms = 0;
  const ways: number[] = [];
  const giveWay = async () => void ways.push(ms);
  expect(await find(`Coverage: 12%\n${filler}\n`, '/\\/|(\\d+)%/', () => (ms += 2), giveWay)).toBe('12');
  expect(ways.length).toBeGreaterThan(5);
  for (const [index, at] of ways.entries()) expect(at - (ways[index - 1] ?? 0)).toBeLessThan(20);
});

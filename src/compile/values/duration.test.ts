import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseExpiry } from './duration.ts';

const HOUR = 3_600_000;

describe('parseDuration', () => {
  it.each([
    [3600, HOUR],
    ['3600', HOUR],
    ['90 minutes', 1.5 * HOUR],
    ['1h 30m', 1.5 * HOUR],
    ['1h30m', 1.5 * HOUR],
    ['3 hours 30 minutes', 3.5 * HOUR],
    ['1.5 hours', 1.5 * HOUR],
    ['2 days and 3 hrs', 51 * HOUR],
    ['2 days, 3 hours', 51 * HOUR],
    ['1 week', 168 * HOUR],
    ['one week', 168 * HOUR],
    ['6 mos 1 day', 181 * 24 * HOUR],
    ['1 yr', 365.25 * 24 * HOUR],
    ['2 Seconds', 2000],
    ['1:30', 90_000],
    ['1:30:00', 1.5 * HOUR],
    [' 5s ', 5000],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, ms });
  });

  it.each([
    '',
    'abc',
    '5 parsecs',
    '1h 30',
    'h',
    '-5',
    '-5 minutes',
    '1 hour!',
    'never',
    '0',
    '0 seconds',
    '100 years',
    1e300,
  ])('refuses %j with a hint', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, hint: expect.stringContaining('90 minutes') });
  });
});

describe('parseDuration of anything', () => {
  it('answers with whole milliseconds or a message', () => {
    const piece = fc.constantFrom('1', '0.5', 'h', 'min', 'and', ' ', ',', ':', '-', 'week', 'two');
    const text = fc.oneof(
      fc.string(),
      fc.double(),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseDuration(written);
        if (parsed.ok) expect(Number.isSafeInteger(parsed.ms) && parsed.ms > 0).toBe(true);
        else expect(parsed.message).toContain(String(written));
      }),
    );
  });
});

describe('parseExpiry', () => {
  it('reads never beside durations', () => {
    expect(parseExpiry('never')).toEqual({ ok: true, ms: null });
    expect(parseExpiry('1 hour')).toEqual({ ok: true, ms: HOUR });
    expect(parseExpiry('ever').ok).toBe(false);
  });
});

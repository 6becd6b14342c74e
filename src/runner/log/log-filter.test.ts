import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogFilter, DEFAULT_TOKEN_PREFIXES, type LogFilter } from './log-filter.ts';

const tokens = { maskedValues: [], tokenPrefixes: DEFAULT_TOKEN_PREFIXES };
const masking = (...maskedValues: string[]): LogFilter => createLogFilter({ ...tokens, maskedValues });

/** What a runner does: reads on from the consumed offset while the log grows to each of `sizes` and then to its end. */
function follow(filter: LogFilter, log: Uint8Array, sizes: readonly number[] = []): Buffer {
  const shipped: Uint8Array[] = [];
  let offset = 0;
  for (const size of [...sizes, log.length]) {
    const isEnd = size === log.length;
    const { out, consumed } = filter(log.subarray(offset, size), isEnd);
    shipped.push(Buffer.from(out));
    offset += consumed;
  }
  expect(offset).toBe(log.length);
  return Buffer.concat(shipped);
}

const text = (filter: LogFilter, log: string, sizes?: readonly number[]): string =>
  follow(filter, Buffer.from(log), sizes).toString();

describe('masked values', () => {
  it('are replaced wherever they stand, trimmed, the longest first', () => {
    const filter = masking('pass', ' password1 ', '', 'pass');
    expect(text(filter, 'password1 pass passw')).toBe('[MASKED] [MASKED] [MASKED]w');
  });

  it('are replaced when the log is read in the middle of them', () => {
    expect(text(masking('s3cret-value'), 'a s3cret-value b', [1, 3, 5, 9, 13])).toBe('a [MASKED] b');
  });

  it('may have several lines and characters of several bytes', () => {
    expect(text(masking('über\n漢字'), 'xüber\n漢字y', [3, 8, 9])).toBe('x[MASKED]y');
  });

  it('are found when they are a single byte', () => {
    expect(text(masking('#'), 'a#b#', [1])).toBe('a[MASKED]b[MASKED]');
  });

  it('are found where one starts inside a token prefix or inside a token', () => {
    expect(text(masking('pat-se'), 'glpat-secret')).toBe('gl[MASKED]cret');
    expect(text(masking('b c d'), 'glpat-ab c def.')).toBe('glpat-[MASKED]');
  });

  it('are held back only as long as they may still come', () => {
    const filter = masking('secret');
    const held = filter(Buffer.from('the sec'), false);
    expect([Buffer.from(held.out).toString(), held.consumed]).toEqual(['the ', 4]);
    const shown = filter(Buffer.from('the second'), false);
    expect(shown.consumed).toBe(10);
  });
});

describe('tokens and URL parameters', () => {
  it('keep the prefix and lose the run behind it', () => {
    expect(text(createLogFilter(tokens), 'a glpat-AbC_1.2=3-x, _gitlab_session=12 glpat- z')).toBe(
      'a glpat-[MASKED], _gitlab_session=[MASKED] glpat- z',
    );
  });

  it('know the prefixes of the server', () => {
    const filter = createLogFilter({ maskedValues: [], tokenPrefixes: ['acme_', ''] });
    expect(text(filter, 'acme_123 glpat-123')).toBe('acme_[MASKED] glpat-123');
  });

  it('lose the value of secret parameters in any case', () => {
    const log = 'GET https://x/?a=1&Private_Token=abc%20&b=2 "?X-AMZ-Signature=ff" ?rss_token= &rss_tokens=1';
    expect(text(createLogFilter(tokens), log)).toBe(
      'GET https://x/?a=1&Private_Token=[MASKED]&b=2 "?X-AMZ-Signature=[MASKED]" ?rss_token= &rss_tokens=1',
    );
  });

  it('are masked up to a bound, so that an endless run does not stop the log', () => {
    const filter = createLogFilter(tokens);
    const log = Buffer.from(`glpat-${'a'.repeat(100_000)}`);
    const { consumed } = filter(log.subarray(0, filter.minimumChunkBytes), false);
    expect(consumed).toBeGreaterThan(0);
    expect(follow(filter, log).toString()).toMatch(/^glpat-\[MASKED\]a+$/);
  });
});

describe('bytes', () => {
  it('come through as a view of the chunk when nothing has to change', () => {
    const chunk = Buffer.from('plain \0 text \u001b[0m ü\n');
    const { out, consumed } = createLogFilter(tokens)(chunk, false);
    expect(consumed).toBe(chunk.length);
    expect([out.buffer, out.byteOffset, out.byteLength]).toEqual([chunk.buffer, chunk.byteOffset, chunk.byteLength]);
  });

  it('that are not UTF-8 become replacement characters, as a decoder would have it', () => {
    const log = Buffer.from([0x61, 0xff, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0x80, 0xc3]);
    expect(follow(createLogFilter(tokens), log).toString()).toBe(new TextDecoder().decode(log));
  });

  it('are never cut inside a character', () => {
    const filter = createLogFilter(tokens);
    const { out, consumed } = filter(Buffer.from('aé漢😀').subarray(0, -1), false);
    expect([Buffer.from(out).toString(), consumed]).toEqual(['aé漢', 6]);
  });
});

describe('any log', () => {
  const values = fc.array(fc.stringMatching(/^[abc\n]{1,6}$/), { maxLength: 4 });
  const pieces = fc.oneof(
    { arbitrary: fc.stringMatching(/^[abcgl?&\n -]{0,8}$/).map((piece) => Buffer.from(piece)), weight: 4 },
    fc
      .constantFrom('glpat-', 'glrt-ab.c', '?rss_token=a', '&Private_Token=', 'x=1&', 'é漢😀')
      .map((piece) => Buffer.from(piece)),
    fc.uint8Array({ maxLength: 5 }),
  );
  const logs = fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.concat(parts));

  it('comes out the same however it is cut', () => {
    const cuts = fc.array(fc.nat(80), { maxLength: 10 });
    fc.assert(
      fc.property(values, logs, cuts, (maskedValues, log, ends) => {
        const filter = createLogFilter({ ...tokens, maskedValues });
        const sizes = ends.filter((end) => end < log.length).sort((a, b) => a - b);
        expect(follow(filter, log, sizes).toString('latin1')).toBe(follow(filter, log).toString('latin1'));
      }),
      { numRuns: 2000 },
    );
  });

  it('shows no masked value', () => {
    fc.assert(
      fc.property(values, logs, (maskedValues, log) => {
        const shown = follow(createLogFilter({ ...tokens, maskedValues }), log)
          .toString()
          .split('[MASKED]');
        for (const value of maskedValues.map((item) => item.trim()).filter((item) => item !== '')) {
          for (const part of shown) expect(part).not.toContain(value);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('comes out the same with few and with many patterns, in sparse and in dense text', () => {
    // Decoys make the search skip instead of using the runtime's byte search; they never occur.
    const decoys = Array.from({ length: 30 }, (_, index) => `~${String.fromCharCode(0x4e + index)}never`);
    fc.assert(
      fc.property(values, fc.array(pieces, { minLength: 40, maxLength: 200 }), (maskedValues, parts) => {
        const log = Buffer.concat(parts.flatMap((part, index) => [part, Buffer.alloc(index * 7, '.')]));
        const few = follow(createLogFilter({ ...tokens, maskedValues }), log);
        const many = follow(createLogFilter({ ...tokens, maskedValues: [...maskedValues, ...decoys] }), log);
        expect(many.equals(few)).toBe(true);
      }),
    );
  });

  it('moves on with every chunk of the minimum size', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('glpat-', '?rss_token=', 'abc', '\xff'), (maskedValues, unit) => {
        const filter = createLogFilter({ ...tokens, maskedValues });
        const chunk = Buffer.alloc(filter.minimumChunkBytes, unit);
        expect(filter(chunk, false).consumed).toBeGreaterThan(0);
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumber, writeNumber } from './tar-number.ts';

const field = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('numbers of a tar header', () => {
  it('come back as they were written, beyond 8 GiB and below 0, too', () => {
    const any = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    void fc.assert(
      fc.property(fc.oneof(any, fc.constantFrom(0, 8 ** 11 - 1, 8 ** 11, -1)), (value) => {
        const bytes = Buffer.alloc(12, 0x55);
        writeNumber(bytes, value);
        expect(readNumber(bytes, 'size')).toBe(value);
      }),
    );
  });

  it.each([
    ['0000644\0', 0o644],
    ['   644 \0', 0o644],
    ['644\0\0\0\0\0', 0o644],
    ['00000000', 0],
  ])('%j is %i', (text, value) => expect(readNumber(field(text), 'mode')).toBe(value));

  it.each([
    '',
    '\0\0\0',
    '12a',
    '-1',
    '0x10',
    '9',
    '1 2',
    ' ',
    '\x80\xff\xff\xff\xff\xff\xff\xff',
    '\xff\0\0\0\0\0\0\0\0',
  ])('%j is none', (text) =>
    expect(() => readNumber(field(text), 'size')).toThrow(expect.objectContaining({ code: 'archive_refused' })),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixLog } from './prefix-log.ts';

/** What the prefix treats specially; other tests look at it. */
const SPECIAL = new Set(['\r', '\n', '\u001b']);

function prefix(chunks: readonly (string | Uint8Array)[], keepColours = false): string {
  const log = createPrefixLog('job | ', keepColours);
  const shown = chunks.map((chunk) => log.add(Buffer.from(chunk as Uint8Array)));
  return Buffer.concat([...shown, log.end()]).toString('utf8');
}

describe('a log with its name before each line', () => {
  it('puts the name before every line, also the last one without a newline', () => {
    expect(prefix(['one\ntwo\n', 'thr', 'ee'])).toBe('job | one\njob | two\njob | three\n');
  });

  it('shows each line as it was, however the log was cut into chunks', () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((text) => [...text].filter((character) => !SPECIAL.has(character)).join(''));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(prefix(chunks)).toBe(lines.map((text) => `job | ${text}\n`).join(''));
      }),
    );
  });

  it('shows a line that does not end in pieces, cut between characters', () => {
    const pieces = prefix(Array.from({ length: 3000 }, () => 'ééé 🙂 ')).split('\n');
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.map((piece) => piece.replace('job | ', '')).join('')).toBe('ééé 🙂 '.repeat(3000));
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(32 * 1024);
  });

  it('leaves section markers out, and lines that held nothing else', () => {
    const marked =
      'section_start:1700000000:step_script\r\u001b[0K\u001b[36;1mRunning\u001b[0;m\necho\nsection_end:1700000001:step_script\r\u001b[0K\nend\n';
    expect(prefix([marked])).toBe('job | Running\njob | echo\njob | end\n');
  });

  it('shows the last state of a line that was overwritten', () => {
    expect(prefix(['10%\r50%\r100%\nnext\r\n'])).toBe('job | 100%\njob | next\n');
  });

  it('lets no escape sequence through but colours', () => {
    const hostile = '\u001b]0;title\u0007\u001b[2J\u001b[31mred\u001b[0m\u001b[1A\n';
    expect(prefix([hostile], true)).toBe('job | \u001b[31mred\u001b[0m\u001b[0m\n');
    expect(prefix([hostile], false)).toBe('job | red\n');
  });
});

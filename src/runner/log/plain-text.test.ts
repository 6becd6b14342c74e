import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLastLine, createLineReader } from './plain-text.ts';
import { infoLine, sectionEnd, sectionStart, title } from './sections.ts';

function linesOf(log: string | Uint8Array, cuts: readonly number[] = []): string[] {
  const reader = createLineReader();
  const bytes = Buffer.from(log);
  const lines: string[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    lines.push(...reader.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...lines, ...reader.end()];
}

describe('line reader', () => {
  it('drops section markers and keeps titles, colours and empty lines', () => {
    const log = `${sectionStart('a', 0)}${title('Executing')}${infoLine('$ make')}\nhi\r\n${sectionEnd('a', 0)}end`;
    expect(linesOf(log)).toEqual([
      '\u001b[36;1mExecuting\u001b[0;m\u001b[0;m',
      '\u001b[32;1m$ make\u001b[0;m',
      '',
      'hi',
      'end',
    ]);
  });

  it('keeps output that a section marker follows on the same line', () => {
    expect(linesOf(`no line feed${sectionEnd('a', 0)}${sectionStart('b', 0)}next\n`)).toEqual(['no line feed', 'next']);
  });

  it('leaves the last state of a line that rewrote itself', () => {
    expect(linesOf('10%\r50%\r100%\r\nok\n')).toEqual(['100%', 'ok']);
  });

  it('removes what would move the cursor, set the title or ring', () => {
    expect(linesOf('\u001b[2Ka\u001b[1;5Hb\u001b]0;title\u0007c\u001b(Bd\u0007\0e\u001bMf\tg\u001b[31')).toEqual([
      'abcdef\tg',
    ]);
  });

  it('hands out an endless line in pieces, cut between characters', () => {
    const reader = createLineReader({ pieceBytes: 9 });
    const log = Buffer.from('é漢'.repeat(50));
    const pieces = Array.from({ length: log.length }, (_, at) => reader.push(log.subarray(at, at + 1))).flat();
    expect(pieces.every((piece) => Buffer.byteLength(piece) <= 9)).toBe(true);
    expect([...pieces, ...reader.end()].join('')).toBe('é漢'.repeat(50));
  });

  it('gives the same lines however the log is cut', () => {
    const part = fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '漢', '\u001b[31m', sectionStart('x', 0), '😀');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(60), { maxLength: 6 }), (parts, ends) => {
        const log = Buffer.from(parts.join(''));
        const cuts = ends.filter((end) => end < log.length).sort((a, b) => a - b);
        expect(linesOf(log, cuts)).toEqual(linesOf(log));
      }),
      { numRuns: 500 },
    );
  });
});

describe('last line', () => {
  it('is the last one that shows something, without colours', () => {
    const last = createLastLine(40);
    expect(last.text()).toBe('');
    last.push(Buffer.from(`first\n${infoLine('$ make\tall')}\n${sectionEnd('a', 0)}`));
    expect(last.text()).toBe('$ make all');
    last.push(Buffer.from('  50%\r  51'));
    expect(last.text()).toBe('51');
  });

  it('is shortened to what fits', () => {
    const last = createLastLine(5);
    last.push(Buffer.from(`${'x'.repeat(300_000)}äöü漢😀!`));
    expect(last.text()).toBe('xxxx…');
  });
});

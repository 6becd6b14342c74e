import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dotenv, parseDotenv, readDotenvReport } from './dotenv.ts';

const parse = (text: string): Dotenv => parseDotenv(Buffer.from(text));

describe('a dotenv report', () => {
  it('is KEY=VALUE lines: trimmed, quotes kept, the last of equal keys wins', () => {
    expect(parse('\ufeffA=1\r\n B = two words \nC="q"\nD=\nA=x=y\n')).toEqual({
      ok: true,
      variables: [
        { key: 'A', value: 'x=y' },
        { key: 'B', value: 'two words' },
        { key: 'C', value: '"q"' },
        { key: 'D', value: '' },
      ],
    });
    expect(parse('')).toEqual({ ok: true, variables: [] });
  });

  it.each([
    ['A=1\n\nB=2', 'line 2 is not KEY=VALUE'],
    ['# comment', 'line 1 is not KEY=VALUE'],
    ['A=1\nB-C=2', 'line 2: "B-C" is not a variable name'],
    ['=1', 'line 1: "" is not a variable name'],
    [`A=${'x'.repeat(5 * 1024)}`, 'more than 5120 bytes'],
    [Array.from({ length: 21 }, (_, index) => `K${index}=1`).join('\n'), 'more than 20 variables'],
  ])('is invalid as a whole: %j', (text, reason) => {
    expect(parse(text)).toEqual({ ok: false, error: `invalid dotenv report: ${reason}` });
  });
});

describe('reading a kept report', () => {
  const { signal } = new AbortController();
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dotenv-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('unpacks it, several files as one', async () => {
    const path = join(dir, 'a.gz');
    writeFileSync(path, Buffer.concat([gzipSync('A=1\n'), gzipSync('B=2\n')]));
    expect(await readDotenvReport(path, signal)).toMatchObject({ ok: true, variables: [{ key: 'A' }, { key: 'B' }] });
  });

  it('says what is wrong with it, and never unpacks a bomb', async () => {
    const path = join(dir, 'a.gz');
    expect(await readDotenvReport(path, signal)).toMatchObject({ ok: false, error: expect.stringContaining('ENOENT') });
    writeFileSync(path, gzipSync(Buffer.alloc(10_000_000)));
    expect(await readDotenvReport(path, signal)).toMatchObject({ ok: false });
  });
});

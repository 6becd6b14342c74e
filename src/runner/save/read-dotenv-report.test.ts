import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDotenvReport } from './read-dotenv-report.ts';

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

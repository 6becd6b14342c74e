import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWithEach } from '../testing/each-tools.ts';
import { readAll } from '../testing/read-all.ts';
import { outgoing, writeAll } from '../testing/write-all.ts';
import { encodeHeader, TYPES } from './tar-header.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epilogue-write-tar-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describeWithEach('what is written, unpacked by the tar of $name', ({ path: PATH }) => {
  const unpack = (archive: Buffer): void => {
    execFileSync('tar', ['-xpo', '-C', root, '-f', '-'], { env: { PATH }, input: archive });
  };

  it('has names, contents, modes, times and targets', async () => {
    const odd = '-x \\n\n  ü*';
    const long = Array.from({ length: 6 }, () => 'ö'.repeat(50)).join('/');
    const archive = await writeAll([
      outgoing('dir', '', { kind: 'directory', mode: 0o750 }),
      outgoing(`dir/${odd}`, 'odd', { mode: 0o400 }),
      outgoing('dir/large', 'l'.repeat(100_000)),
      outgoing('dir/none'),
      outgoing(long, 'deep'),
      outgoing('link', '', { kind: 'symlink', target: Buffer.from(long).toString('latin1') }),
    ]);
    unpack(archive);
    expect(readdirSync(join(root, 'dir')).sort()).toEqual([odd, 'large', 'none'].sort());
    expect(readFileSync(join(root, 'dir/large'), 'utf8')).toBe('l'.repeat(100_000));
    expect(lstatSync(join(root, 'dir', odd))).toMatchObject({ mode: 0o100400, mtimeMs: 1_600_000_000_000 });
    expect(lstatSync(join(root, 'dir')).mode).toBe(0o040750);
    expect(readFileSync(join(root, long), 'utf8')).toBe('deep');
    expect(readlinkSync(join(root, 'link'))).toBe(long);
  });

  it('says sizes above 8 GiB and times before 1970', () => {
    const header = { linkName: '', mode: 0o644, uid: 0, gid: 0, sizeBytes: 9 * 1024 ** 3, modified: -86_400 };
    const block = encodeHeader({ ...header, type: TYPES.file, name: 'large' });
    const said = execFileSync('sh', ['-c', '{ cat; head -c 1024 /dev/zero; } | TZ=UTC tar -tv -f - 2>/dev/null || :'], {
      env: { PATH },
      input: block,
      encoding: 'utf8',
    });
    expect(said).toContain(' 9663676416 1969-12-31 ');
  });
});

describe('what is written', () => {
  it('is read as it was', async () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 300 })
      .map((text) => `n${text.replaceAll('\0', '')}n`);
    const entry = fc.record({
      name,
      content: fc.string({ maxLength: 2000 }),
      mode: fc.integer({ min: 0, max: 0o777 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 1, max: 2000 }), async (entries, size) => {
        const archive = await writeAll(entries.map((one) => outgoing(one.name, one.content, { mode: one.mode })));
        const read = await readAll(archive, size);
        expect(archive.length % 10_240).toBe(0);
        const seen = read.map(({ name: bytes, content, mode }) => ({
          name: Buffer.from(bytes, 'latin1').toString(),
          content: content.toString(),
          mode,
        }));
        expect(seen).toEqual(entries);
      }),
      { numRuns: 50 },
    );
  });

  it.each([3, 5])('is not a file of 4 bytes that has %i', async (bytes) => {
    const wrong = outgoing('file', 'x'.repeat(bytes), { sizeBytes: 4 });
    await expect(writeAll([wrong])).rejects.toThrow('than its 4 bytes');
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../base/index.ts';
import { readAll } from '../testing/read-all.ts';
import { outgoing, writeAll } from '../testing/write-all.ts';
import { createTarReader } from './read-tar.ts';
import { BLOCK_BYTES, encodeHeader, type TarHeader, TYPES } from './tar-header.ts';

const END = Buffer.alloc(2 * BLOCK_BYTES);

function header(more: Partial<TarHeader>): Buffer {
  return encodeHeader({
    ...{ type: TYPES.file, name: 'file', linkName: '', mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, modified: 0 },
    ...more,
  });
}

/** A header with content, padded. */
function block(more: Partial<TarHeader>, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  const padding = Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([header({ sizeBytes: bytes.length, ...more }), bytes, padding]);
}

const pax = (...records: string[]): Buffer => block({ type: TYPES.pax, name: 'pax' }, records.join(''));
const file = header({});

describe('an archive that is refused', () => {
  const patched = (at: number, text: string): Buffer => {
    const bytes = Buffer.from(file);
    bytes.write(text, at, 'latin1');
    return bytes;
  };

  it.each([
    ['a wrong sum', patched(0, 'other')],
    ['a sum that is no number', patched(148, 'xxxxxxxx')],
    ['a device', header({ type: '3' })],
    ['a block device', header({ type: '4' })],
    ['a pipe', header({ type: '6' })],
    ['a sparse file of GNU', header({ type: 'S' })],
    ['a sparse file of pax', Buffer.concat([pax('22 GNU.sparse.major=1\n'), file])],
    ['a part of several volumes', header({ type: 'M' })],
    ['a dumped directory', header({ type: 'D' })],
    ['a volume label', header({ type: 'V' })],
    ['a negative size', header({ sizeBytes: -512 })],
    ['a size of more than a double', header({ sizeBytes: 2 ** 60 })],
    ['a directory with content', header({ type: TYPES.directory, sizeBytes: 512 })],
    ['a file that is called a directory, with content', header({ name: 'x/', sizeBytes: 512 })],
    ['a link with content', header({ type: TYPES.symlink, sizeBytes: 1 })],
    ['a name above 4 KiB', Buffer.concat([block({ type: TYPES.longName }, 'x'.repeat(4098)), file])],
    ['a target above 4 KiB', Buffer.concat([block({ type: TYPES.longLink }, 'x'.repeat(5000)), file])],
    ['a name above 4 KiB in pax', Buffer.concat([pax(`5012 path=${'x'.repeat(5001)}\n`), file])],
    ['a long name of gigabytes', header({ type: TYPES.longName, sizeBytes: 2 ** 40 })],
    ['a pax header above 64 KiB', header({ type: TYPES.pax, sizeBytes: 65_537 })],
    ['a pax header for all above 64 KiB', header({ type: TYPES.paxForAll, sizeBytes: 2 ** 33 })],
    ['a pax record without length', Buffer.concat([pax('path=x\n'), file])],
    ['a pax record that is longer than its header', Buffer.concat([pax('99 path=x\n'), file])],
    ['a pax record of length 0', Buffer.concat([pax('0 path=x\n'), file])],
    ['a pax record without end', Buffer.concat([pax('9 path=xx'), file])],
    ['a size in pax that is no number', Buffer.concat([pax('11 size=-1\n'), file])],
    [
      'nothing but names of what comes',
      Buffer.concat(Array.from({ length: 9 }, () => block({ type: TYPES.longName }, 'x'))),
    ],
  ])('has %s', async (_, archive) => {
    await expect(readAll(Buffer.concat([archive, Buffer.alloc(10_240), END]))).rejects.toMatchObject({
      code: 'archive_refused',
    });
  });
});

describe('an archive that was cut', () => {
  it('is one that ends anywhere before its end mark', async () => {
    const whole = await writeAll([outgoing('n'.repeat(150), 'content'), outgoing('b', 'x'.repeat(512))]);
    const end = whole.lastIndexOf('x') + 1;
    for (let bytes = 0; bytes <= end; bytes += 37)
      await expect(readAll(whole.subarray(0, bytes)), `${bytes}`).rejects.toMatchObject({ code: 'archive_cut' });
    expect(await readAll(whole.subarray(0, end + BLOCK_BYTES))).toHaveLength(2);
  });
});

describe('whatever comes', () => {
  it('is read, or refused in words', async () => {
    const whole = await writeAll([
      outgoing('n'.repeat(150), 'content'),
      outgoing('dir', '', { kind: 'directory' }),
      outgoing('link', '', { kind: 'symlink', target: 't'.repeat(120) }),
    ]);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(whole.length), async (places, bytes) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of places) damaged[at] = value;
        await readAll(damaged.subarray(0, bytes)).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4096 }), async (noise) => {
        const bytes = Buffer.from(noise);
        const isEmpty = bytes.subarray(0, BLOCK_BYTES).every((byte) => byte === 0) && bytes.length >= BLOCK_BYTES;
        if (!isEmpty) await expect(readAll(bytes)).rejects.toBeInstanceOf(Failure);
      }),
    );
  });

  it('takes no more memory than a piece, however large it says to be', async () => {
    const piece = Buffer.alloc(1024 * 1024, 1);
    let given = 0;
    const reader = createTarReader(async () => {
      given += 1;
      return given === 1 ? header({ sizeBytes: 2 ** 52 }) : given > 2000 ? null : piece;
    });
    expect(await reader.next()).toMatchObject({ sizeBytes: 2 ** 52 });
    const before = process.memoryUsage().rss;
    await expect(reader.next()).rejects.toMatchObject({ code: 'archive_cut' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    expect(given).toBe(2001);
  });
});

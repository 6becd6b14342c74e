import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collected, contents, listed, makeWorkshop, type Workshop } from '../../testing/place.ts';
import { DEFAULT_ARCHIVE_LIMITS, readArchive, writeArchive } from './archive.ts';
import { writeGzip } from './write-gzip.ts';

const { signal } = new AbortController();
const limits = DEFAULT_ARCHIVE_LIMITS;
let workshop: Workshop;
let zip: string;
beforeEach(() => {
  workshop = makeWorkshop();
  zip = join(workshop.dir, 'out', 'a.zip');
});
afterEach(() => workshop.remove());

const read = () => contents(readArchive(zip, limits, signal));

/** Replaces the only occurrences of some bytes, in both headers of an entry. */
function tamper(from: string, to: string): void {
  const bytes = readFileSync(zip, 'latin1');
  expect(bytes).toContain(from);
  writeFileSync(zip, bytes.replaceAll(from, to), 'latin1');
}

describe('an archive', () => {
  it('gives back files, directories, links, modes and times', async () => {
    const files = [
      collected('bin', '', { kind: 'directory', mode: 0o750, sizeBytes: 0 }),
      collected('bin/run', '#!/bin/sh\n', { mode: 0o755 }),
      collected('empty', ''),
      collected('größe 漢\\x', 'name', { modifiedMs: 1_600_000_000_000 }),
      collected('latest', 'bin/run', { kind: 'symlink', mode: 0o777 }),
      collected('random', Buffer.alloc(300_000, 'abcdefg').toString()),
    ];
    const summary = await writeArchive(zip, listed(...files), limits, signal);
    expect(summary).toEqual({ entries: 6, sizeBytes: statSync(zip).size });
    expect(await read()).toEqual(await contents(listed(...files)));
  });

  it('holds for any content', async () => {
    const file = fc.record({ mode: fc.nat(0o777), content: fc.string({ unit: 'binary', maxLength: 200 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 6 }), async (items) => {
        const files = items.map(({ mode, content }, index) => collected(`f${index}`, content, { mode: mode || 0o644 }));
        await writeArchive(zip, listed(...files), limits, signal);
        expect(await read()).toEqual(await contents(listed(...files)));
      }),
      { numRuns: 20 },
    );
  });

  const withoutUnzip = spawnSync('unzip', ['-v']).error !== undefined && process.env.CI !== 'true';

  it.skipIf(withoutUnzip)('is a zip for other programs too', async () => {
    await writeArchive(zip, listed(collected('a/b', 'x'.repeat(100_000)), collected('c', 'y')), limits, signal);
    const test = spawnSync('unzip', ['-tq', zip], { encoding: 'utf8' });
    expect(test.stdout + test.stderr).toContain('No errors');
  });

  it('may have more entries than 16 bits can count', async () => {
    async function* many() {
      for (let index = 0; index < 65_600; index += 1)
        yield collected(`f${index}`, '', { kind: 'directory', sizeBytes: 0 });
    }
    expect((await writeArchive(zip, many(), limits, signal)).entries).toBe(65_600);
    await expect(contents(readArchive(zip, { ...limits, maxEntries: 65_599 }, signal))).rejects.toThrow(
      'more than 65599',
    );
    await expect(readArchive(zip, { ...limits, maxEntries: 65_600 }, signal).next()).resolves.toMatchObject({
      value: { path: 'f0' },
    });
  }, 60_000);

  it('holds what a file had grown or shrunk to when it was packed', async () => {
    const files = [
      collected('grown', 'x'.repeat(200_000), { sizeBytes: 70_000 }),
      collected('shrunk', 'y', { sizeBytes: 99_999 }),
    ];
    await writeArchive(zip, listed(...files), limits, signal);
    expect((await read()).map(({ content }) => content.length)).toEqual([200_000, 1]);
  });
});

describe('writing', () => {
  const nothingLeft = () => expect(readdirSync(join(workshop.dir, 'out'))).toEqual([]);

  it.each([
    ['too many entries', { maxEntries: 1, maxBytes: 1e9 }, /more than 1 entries/],
    ['too many bytes', { maxEntries: 9, maxBytes: 99_999 }, /more than 99999 bytes/],
  ])('ends with %s and leaves nothing behind', async (_, few, message) => {
    const files = listed(collected('a', 'x'.repeat(80_000)), collected('b', 'x'.repeat(80_000), { sizeBytes: 1 }));
    await expect(writeArchive(zip, files, few, signal)).rejects.toMatchObject({
      code: 'archive_too_large',
      message: expect.stringMatching(message),
    });
    nothingLeft();
  });

  it('of a report reads no more of a file than it may hold', async () => {
    let readBytes = 0;
    const open = () =>
      Readable.from(
        (function* () {
          for (; readBytes < 1e8; readBytes += 100_000) yield Buffer.alloc(100_000);
        })(),
      );
    const report = writeGzip(
      join(workshop.dir, 'out', 'a.gz'),
      listed(collected('a', '', { open })),
      { ...limits, maxBytes: 1e6 },
      signal,
    );
    await expect(report).rejects.toMatchObject({ code: 'archive_too_large' });
    expect(readBytes).toBeLessThan(1e7);
    nothingLeft();
  });

  it('replaces an older archive only when it is whole', async () => {
    await writeArchive(zip, listed(collected('old', '1')), limits, signal);
    const torn = collected('new', 'x', { open: () => new Readable({ read: (_) => {} }).destroy(new Error('torn')) });
    await expect(writeArchive(zip, listed(torn), limits, signal)).rejects.toThrow(/cannot write .*torn/);
    expect((await read()).map(({ path }) => path)).toEqual(['old']);
    expect(readdirSync(join(workshop.dir, 'out'))).toEqual(['a.zip']);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    async function* endless() {
      for (let index = 0; ; index += 1) {
        if (index === 3) controller.abort(new Error('enough'));
        yield collected(`f${index}`, 'x');
      }
    }
    await expect(writeArchive(zip, endless(), limits, controller.signal)).rejects.toThrow('enough');
    nothingLeft();
  });

  it('says which file could not be written', async () => {
    writeFileSync(join(workshop.dir, 'out'), 'a file in the way');
    await expect(writeArchive(zip, listed(collected('a', 'x')), limits, signal)).rejects.toMatchObject({
      code: 'file_not_written',
      message: expect.stringContaining(zip),
    });
  });
});

describe('reading', () => {
  it.each(['/abs', '../up', 'a/..', 'a//b', './ab', 'a\0bc'])('refuses the path %j', async (path) => {
    const plain = 'p'.repeat(path.length);
    await writeArchive(zip, listed(collected(plain, 'x')), limits, signal);
    tamper(plain, path);
    await expect(read()).rejects.toMatchObject({ code: 'archive_refused' });
  });

  it('refuses more entries or bytes than allowed', async () => {
    await writeArchive(zip, listed(collected('a', 'xx'), collected('b', 'yy')), limits, signal);
    await expect(contents(readArchive(zip, { ...limits, maxEntries: 1 }, signal))).rejects.toMatchObject({
      code: 'archive_refused',
    });
    await expect(contents(readArchive(zip, { ...limits, maxBytes: 3 }, signal))).rejects.toMatchObject({
      code: 'archive_refused',
    });
  });

  it('refuses content that is far larger than its archive', async () => {
    const zeros = Buffer.alloc(1024 * 1024);
    const open = () =>
      Readable.from(
        (function* () {
          for (let index = 0; index < 300; index += 1) yield zeros;
        })(),
      );
    await writeArchive(zip, listed(collected('bomb', '', { sizeBytes: 300 * zeros.length, open })), limits, signal);
    await expect(read()).rejects.toMatchObject({
      code: 'archive_refused',
      message: expect.stringContaining('200 times'),
    });
  }, 60_000);

  it('refuses a link to too long a path', async () => {
    await writeArchive(zip, listed(collected('link', 'x'.repeat(5000), { kind: 'symlink' })), limits, signal);
    await expect(read()).rejects.toMatchObject({ code: 'archive_refused' });
  });

  it('notices changed content, a cut file and what is no zip', async () => {
    const unreadable = { code: 'archive_unreadable', message: expect.stringContaining(zip) };
    await expect(read()).rejects.toMatchObject(unreadable);
    await writeArchive(zip, listed(collected('a', 'some content')), limits, signal);
    tamper('some content', 'SOME content');
    await expect(read()).rejects.toMatchObject(unreadable);
    await writeArchive(zip, listed(collected('a', randomBytes(100_000).toString('latin1'))), limits, signal);
    const bytes = readFileSync(zip);
    bytes.writeUInt8(bytes.readUInt8(70_000) ^ 1, 70_000);
    writeFileSync(zip, bytes);
    await expect(read()).rejects.toMatchObject(unreadable);
    truncateSync(zip, 60);
    await expect(read()).rejects.toMatchObject(unreadable);
  });

  it('stops when aborted', async () => {
    await writeArchive(zip, listed(collected('a', 'x')), limits, signal);
    await expect(contents(readArchive(zip, limits, AbortSignal.abort(new Error('enough'))))).rejects.toThrow('enough');
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openDiskStore } from '../disk/open-disk-store.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { inChunks } from '../testing/sources.ts';
import { useTemporaryDirectory } from '../testing/temporary-directory.ts';
import { createLineCounter } from './count-lines.ts';
import { parseLogIndex } from './log-index.ts';
import { type LogPosition, readLog } from './read-log.ts';
import { logKeys, sealLog } from './seal-log.ts';

const temporary = useTemporaryDirectory();

async function seal(text: Buffer | string, chunkBytes = 50_000) {
  const store = memoryStore();
  const bytes = Buffer.from(text);
  const index = await sealLog(store, 7, inChunks(bytes, chunkBytes), { maxBytes: bytes.length });
  return { store, index, bytes };
}

/** What `readLog` has to find, by looking at the whole. */
function expected(bytes: Buffer, from: LogPosition, maxLines: number, maxBytes: number) {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(10, at + 1))
    starts.push(at + 1);
  const newlines = (end: number) => bytes.subarray(0, end).filter((byte) => byte === 10).length;
  const offset = 'line' in from ? (starts[from.line] ?? bytes.length) : Math.min(from.offset, bytes.length);
  let end = offset;
  for (let line = 0; line < maxLines && end < bytes.length; line += 1) {
    const newline = bytes.indexOf(10, end);
    end = newline < 0 ? bytes.length : newline + 1;
  }
  const nextOffset = Math.min(end, offset + maxBytes);
  const part = bytes.subarray(offset, nextOffset);
  return { line: newlines(offset), offset, bytes: part, nextOffset, nextLine: newlines(nextOffset) };
}

const logText = fc
  .array(fc.tuple(fc.constantFrom('', 'x', 'line', 'é'.repeat(40_000), 'y'.repeat(70_001)), fc.boolean()), {
    maxLength: 12,
  })
  .map((parts) => parts.map(([text, ends]) => (ends ? `${text}\n` : text)).join(''));

it('reads the same as from the whole log, wherever it begins, whatever the lines and pieces', async () => {
  const position = fc.oneof(
    fc.record({ line: fc.nat(14) }),
    fc.record({ offset: fc.oneof(fc.nat(600_000), fc.constantFrom(65_535, 65_536, 65_537, 131_072)) }),
  );
  await fc.assert(
    fc.asyncProperty(
      logText,
      position,
      fc.record({ maxLines: fc.integer({ min: 1, max: 4 }), maxBytes: fc.constantFrom(1, 100, 65_536, 1e6) }),
      fc.constantFrom(999, 65_536, 1e6),
      async (text, from, limits, chunkBytes) => {
        const { store, index, bytes } = await seal(text, chunkBytes);
        const part = await readLog(store, { id: 7, index }, from, limits);
        expect(part).toEqual(expected(bytes, from, limits.maxLines, limits.maxBytes));
      },
    ),
    { numRuns: 400, seed: 11 },
  );
}, 60_000);

it('reads all of a log, part after part, to its end', async () => {
  const { store, index, bytes } = await seal(`${'one\n'.repeat(50_000)}${'long'.repeat(60_000)}\nlast`);
  const parts: Buffer[] = [];
  for (let offset = 0; offset < index.sizeBytes; ) {
    const part = await readLog(store, { id: 7, index }, { offset }, { maxLines: 7000, maxBytes: 100_000 });
    parts.push(part.bytes);
    offset = part.nextOffset;
  }
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  expect(index.lines).toBe(50_002);
});

it('opens a log of 100 MB at line 800,000 by reading a block and what is shown', async () => {
  const store = openDiskStore({ root: temporary.fresh() });
  const block = Buffer.from(Array.from({ length: 1000 }, (_, n) => `${'x'.repeat(90)} ${n % 10}\n`).join(''));
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 1100; n += 1) yield block;
  }
  const index = await sealLog(store, 7, source(), { maxBytes: 1e9 });
  expect(index.lines).toBe(1_100_000);
  let read = 0;
  const counting = {
    ...store,
    open: async (...args: Parameters<typeof store.open>) => {
      read += (args[1]?.end ?? 0) - (args[1]?.start ?? 0);
      return store.open(...args);
    },
  };
  const part = await readLog(counting, { id: 7, index }, { line: 800_000 }, { maxLines: 5, maxBytes: 10_000 });
  expect(part).toMatchObject({ line: 800_000, offset: 800 * block.length, nextLine: 800_005 });
  expect(part.bytes.equals(block.subarray(0, part.bytes.length))).toBe(true);
  expect(read).toBeLessThan(80_000);
  expect(JSON.stringify(index).length).toBeLessThan(20_000);
}, 60_000);

it('keeps the index beside the log, and refuses one that is damaged or of another log', async () => {
  const { store, index } = await seal('a\nb\n');
  const bytes = store.blobs.get(logKeys(7).index) ?? Buffer.alloc(0);
  expect(parseLogIndex(bytes)).toEqual(index);
  const broken = [
    '',
    '{}',
    JSON.stringify({ ...index, version: 2 }),
    JSON.stringify({ ...index, newlinesBefore: [0, 1] }),
  ];
  for (const text of broken) {
    expect(() => parseLogIndex(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'index_unreadable' }));
  }
  for (const from of [{ line: -1 }, { offset: -1 }, { offset: 0.5 }, { line: Number.NaN }]) {
    await expect(readLog(store, { id: 7, index }, from)).rejects.toMatchObject({ code: 'bad_range' });
  }
  store.blobs.set(logKeys(7).log, Buffer.from('a\nb\nc\n'));
  await expect(readLog(store, { id: 7, index }, { line: 0 })).rejects.toMatchObject({ code: 'index_unreadable' });
});

it('has a bounded index for any log', async () => {
  const counter = createLineCounter(8);
  const bytes = Buffer.from(`${'x'.repeat(99)}\n`.repeat(30_000));
  for await (const chunk of inChunks(bytes, 4999)) counter.push(chunk);
  const { newlinesBefore, blockBytes, newlines } = counter.count();
  expect([newlines, blockBytes, newlinesBefore.length]).toEqual([30_000, 512 * 1024, 6]);
  expect(newlinesBefore).toEqual([0, 1, 2, 3, 4, 5].map((block) => Math.floor((block * blockBytes) / 100)));
});

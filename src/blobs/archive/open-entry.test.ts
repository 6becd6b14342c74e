import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { makeZip } from '../../../test/support/zips.ts';
import { makeKey } from '../blob-key.ts';
import { openDiskStore } from '../disk/open-disk-store.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { patternBytes, putBytes } from '../testing/sources.ts';
import { useTemporaryDirectory } from '../testing/temporary-directory.ts';
import type { ArchiveEntry } from './archive-index.ts';
import { openEntry } from './open-entry.ts';
import { readArchive } from './read-archive.ts';

const temporary = useTemporaryDirectory();
const key = makeKey('artifacts', 1, 'archive.zip');
const random = patternBytes(3_000_000);
const zeros = Buffer.alloc(5_000_000);
const parts = [
  { path: 'random', content: random },
  { path: 'stored', content: random, options: { compress: false } },
  { path: 'zeros', content: zeros },
  { path: 'empty', content: '' },
  { path: 'dir/' },
  { path: 'link', content: 'random', options: { mode: 0o120777 } },
];

async function archive() {
  const store = memoryStore();
  store.blobs.set(key, await makeZip(parts));
  return { store, key, index: await readArchive(store, key) };
}

it('streams one file, from any store, without reading the others', async () => {
  const { store: memory, index } = await archive();
  const disk = openDiskStore({ root: temporary.fresh() });
  await putBytes(disk, key, memory.blobs.get(key) ?? Buffer.alloc(0));
  for (const store of [memory, disk]) {
    for (const { path, content } of parts.slice(0, 4)) {
      const { entry, body } = await openEntry({ store, key, index }, path);
      expect(entry.path).toBe(path);
      expect((await buffer(body)).equals(Buffer.from(content ?? ''))).toBe(true);
    }
  }
  memory.reads.length = 0;
  await buffer((await openEntry({ store: memory, key, index }, 'zeros')).body);
  const bytes = memory.reads.reduce((sum, { start = 0, end = 0 }) => sum + end - start, 0);
  expect([memory.reads.length, bytes < 10_000]).toEqual([2, true]);
});

it.each(['dir', 'link', 'nowhere', 'random/', '', '../random'])('has no file %j', async (path) => {
  await expect(openEntry(await archive(), path)).rejects.toMatchObject({
    code: 'entry_not_found',
    // An asker reads this: where the archive lies is not told.
    message: `no file ${JSON.stringify(path)} in this archive`,
  });
});

it.each<[string, string, Partial<ArchiveEntry>]>([
  ['is larger than it says', 'zeros', { sizeBytes: 4_999_999 }],
  ['is smaller than it says', 'random', { sizeBytes: 3_000_001 }],
  ['has another checksum', 'stored', { crc32: 1 }],
  ['is cut off', 'random', { packedBytes: 100 }],
  ['is no deflated stream', 'stored', { method: 8 }],
])('breaks off a file that %s', async (_, path, lie) => {
  const { store, index } = await archive();
  const lying = index.map((entry) => (entry.path === path ? { ...entry, ...lie } : entry));
  const { body } = await openEntry({ store, key, index: lying }, path);
  let size = 0;
  const reading = (async () => {
    for await (const chunk of body) size += (chunk as Buffer).length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'entry_unreadable' });
  expect(size).toBeLessThanOrEqual(lying.find((entry) => entry.path === path)?.sizeBytes ?? 0);
});

it.each<[string, Partial<ArchiveEntry>]>([
  ['encrypted', { method: -1 }],
  ['of an unknown method', { method: 14 }],
  ['not where the directory says', { offset: 5 }],
  ['outside of the archive', { offset: 2 ** 40 }],
])('does not open a file that is %s', async (_, lie) => {
  const { store, index } = await archive();
  const lying = index.map((entry) => ({ ...entry, ...lie }));
  await expect(openEntry({ store, key, index: lying }, 'zeros')).rejects.toMatchObject({ code: 'entry_unreadable' });
});

it('lets go of the blob when a reader leaves early, and when it is cancelled', async () => {
  const { store: memory, index } = await archive();
  const store = openDiskStore({ root: temporary.fresh() });
  await putBytes(store, key, memory.blobs.get(key) ?? Buffer.alloc(0));
  const { body } = await openEntry({ store, key, index }, 'stored');
  for await (const _ of body) break;
  expect(body.destroyed).toBe(true);
  const controller = new AbortController();
  const opened = await openEntry({ store, key, index }, 'stored', controller.signal);
  controller.abort();
  await expect(buffer(opened.body)).rejects.toThrow();
});

import { describe, expect, it } from 'vitest';
import { makeBareDirectory, makeZip, rename } from '../../../test/support/zips.ts';
import { makeKey } from '../blob-key.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { decodeArchiveIndex, encodeArchiveIndex, findEntry, listFolder } from './archive-index.ts';
import { type ArchiveLimits, defaultArchiveLimits, readArchive } from './read-archive.ts';

const key = makeKey('artifacts', 1, 'archive.zip');

async function indexOf(zip: Buffer, limits: Partial<ArchiveLimits> = {}) {
  const store = memoryStore();
  store.blobs.set(key, zip);
  return readArchive(store, key, { limits: { ...defaultArchiveLimits, ...limits } });
}

const tree = [
  { path: 'b/c/deep.txt', content: 'deep' },
  { path: 'a.txt', content: 'a' },
  { path: 'b/' },
  { path: 'b/x.txt', content: 'xx', options: { compress: false, mode: 0o100755 } },
  { path: 'link', content: 'a.txt', options: { mode: 0o120777 } },
  { path: 'b-side', content: '' },
  { path: 'ü = 1', content: 'odd' },
];
/** yazl would write a slash for the backslash. */
const makeTree = async () => rename(await makeZip(tree), 'ü = 1', 'ü \\ 1');

describe('an index of a zip', () => {
  it('has every path once, in order, with what is needed to read it', async () => {
    const index = await indexOf(await makeTree());
    expect(index.map(({ path, kind, sizeBytes, method, mode }) => [path, kind, sizeBytes, method, mode])).toEqual([
      ['a.txt', 'file', 1, 8, 0o664],
      ['b', 'directory', 0, 0, 0o775],
      ['b-side', 'file', 0, 8, 0o664],
      ['b/c/deep.txt', 'file', 4, 8, 0o664],
      ['b/x.txt', 'file', 2, 0, 0o755],
      ['link', 'symlink', 5, 8, 0o777],
      ['ü \\ 1', 'file', 3, 8, 0o664],
    ]);
    expect(findEntry(index, 'a.txt')?.modifiedMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 6));
    expect(findEntry(index, 'b/c')).toBeNull();
  });

  it('can be browsed, directories that the zip does not name included', async () => {
    const index = await indexOf(await makeTree());
    const names = (folder: string) => listFolder(index, folder)?.map(({ name, kind }) => `${name} ${kind}`);
    expect(names('')).toEqual(['a.txt file', 'b directory', 'b-side file', 'link symlink', 'ü \\ 1 file']);
    expect(names('b')).toEqual(['c directory', 'x.txt file']);
    expect(names('b/c')).toEqual(['deep.txt file']);
    for (const none of ['b/', 'nowhere', 'a.txt', 'b/c/d']) expect(listFolder(index, none)).toBeNull();
  });

  it('is the same after it was kept', async () => {
    const index = await indexOf(await makeTree());
    expect(await decodeArchiveIndex(await encodeArchiveIndex(index))).toEqual(index);
    for (const bad of [Buffer.from('x'), (await encodeArchiveIndex(index)).subarray(0, 40)]) {
      await expect(decodeArchiveIndex(bad)).rejects.toMatchObject({ code: 'index_unreadable' });
    }
  });

  it('takes the last of two entries with one path, as unzip -o does', async () => {
    const zip = rename(
      await makeZip([
        { path: 'one', content: '1' },
        { path: 'two', content: '22' },
      ]),
      'one',
      'two',
    );
    const index = await indexOf(zip);
    expect(index.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([['two', 2]]);
  });

  it('is made of a zip with more entries than 16 bits count, in few reads', async () => {
    const many = makeBareDirectory(Array.from({ length: 66_000 }, (_, n) => `d${n % 100}/f${n}`));
    const store = memoryStore();
    store.blobs.set(key, many);
    const index = await readArchive(store, key);
    expect(index).toHaveLength(66_000);
    // A window at a time, not an entry at a time.
    expect(store.reads.length).toBeLessThan(15);
    expect(listFolder(index, 'd7')).toHaveLength(660);
  });
});

describe('a zip is refused', () => {
  it.each([
    ['../x', 'leads out'],
    ['a/../../x', 'leads out'],
    ['/etc/pw', 'absolute'],
    ['..\\x', 'leads out'],
    ['a\\..\\..\\x', 'leads out'],
    ['\\\\h\\x', 'absolute'],
    ['C:\\x', 'absolute'],
    ['C:/x', 'absolute'],
    ['a//b', 'no plain path'],
    ['./a', 'no plain path'],
    ['a\0b', 'zero byte'],
  ])('for the name %j', async (name, reason) => {
    const honest = 'n'.repeat(Buffer.byteLength(name));
    const zip = rename(await makeZip([{ path: honest, content: 'x' }]), honest, name);
    await expect(indexOf(zip)).rejects.toMatchObject({
      name: 'Failure',
      code: 'archive_refused',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['more entries', { maxEntries: 1 }],
    ['a longer name', { maxNameBytes: 3 }],
    ['more names', { maxNamesBytes: 5 }],
    ['more content', { maxContentBytes: 199_999 }],
    ['more expansion', { ratioFreeBytes: 1000, maxRatio: 100 }],
  ])('for %s than allowed', async (_, limits) => {
    const zip = await makeZip([
      { path: 'zeros', content: Buffer.alloc(100_000) },
      { path: 'more', content: Buffer.alloc(100_000) },
    ]);
    expect(await indexOf(zip)).toHaveLength(2);
    await expect(indexOf(zip, limits)).rejects.toMatchObject({ code: 'archive_refused' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no zip at all, but long enough to look for one')],
    [
      'an end that names bytes outside',
      Buffer.from(`PK\x05\x06${'\0'.repeat(4)}\x01\0\x01\0${'\xff'.repeat(8)}\0\0`, 'latin1'),
    ],
  ])('that is %s', async (_, bytes) => {
    await expect(indexOf(bytes)).rejects.toMatchObject({ name: 'Failure', code: 'archive_unreadable' });
  });

  it('that is not there', async () => {
    await expect(readArchive(memoryStore(), key)).rejects.toMatchObject({ code: 'blob_not_found' });
  });
});

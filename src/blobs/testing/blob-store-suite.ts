import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../blob-key.ts';
import type { BlobStore, ReadRange } from '../blob-store.ts';
import { verifyBlob } from '../verify-blob.ts';
import { inChunks, patternBytes, putBytes, readBytes, sha256, thenFails, thenSilent } from './sources.ts';

const MB = 1024 ** 2;
const key = makeKey('artifacts', 1066, 'archive.zip');
/** More than one part of an upload to S3. */
const large = patternBytes(13 * MB + 17);

/** What holds for every store. `leftovers` counts what unfinished puts have left. */
export function describeBlobStore(
  title: string,
  open: () => Promise<{ readonly store: BlobStore; leftovers(): number | Promise<number> }>,
): void {
  describe(title, () => {
    let store: BlobStore;
    let leftovers: () => number | Promise<number>;
    beforeAll(async () => {
      ({ store, leftovers } = await open());
      return () => store.close();
    });

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['a byte', Buffer.from('x')],
      ['exactly one part', patternBytes(5 * MB)],
      ['many parts', large],
    ])('gives back %s as it was put, with its checksum', async (_, bytes) => {
      const stored = { sizeBytes: bytes.length, sha256: sha256(bytes) };
      expect(await store.put(key, inChunks(bytes, 60_001), { maxBytes: bytes.length })).toEqual(stored);
      expect(await store.stat(key)).toMatchObject(stored);
      const opened = await store.open(key);
      expect(opened).toMatchObject(stored);
      expect((await buffer(opened.body)).equals(bytes)).toBe(true);
      expect(await verifyBlob(store, key)).toBe('intact');
      expect(await leftovers()).toBe(0);
    });

    it('replaces a blob, large by small and back, and its checksum with it', async () => {
      for (const bytes of [large, Buffer.from('small'), patternBytes(large.length, 2), large]) {
        await putBytes(store, key, bytes);
        expect(await store.stat(key)).toMatchObject({ sizeBytes: bytes.length, sha256: sha256(bytes) });
        expect(await verifyBlob(store, key)).toBe('intact');
      }
    });

    describeRanges(() => store);
    describeRefusals(() => ({ store, leftovers }));
    describeKeys(() => store);
  });
}

function describeRanges(given: () => BlobStore): void {
  it.each([
    [{ start: 0, end: 1 }],
    [{ start: 1, end: 5 }],
    [{ start: 5 * MB - 3, end: 5 * MB + 3 }],
    [{ start: large.length - 4 }],
    [{ end: 3 }],
    [{ start: 7, end: 7 }],
    [{ start: large.length }],
    [{ start: 13 * MB, end: 99 * MB }],
  ] as [ReadRange][])('reads the bytes of %o', async (range) => {
    const store = given();
    await putBytes(store, key, large);
    const opened = await store.open(key, range);
    expect(opened.sizeBytes).toBe(large.length);
    expect((await buffer(opened.body)).equals(large.subarray(range.start, range.end))).toBe(true);
  });

  it('refuses a range that is none, or past the end', async () => {
    const store = given();
    await putBytes(store, key, Buffer.from('12345'));
    for (const range of [{ start: 6 }, { start: -1 }, { start: 3, end: 2 }, { start: 0.5 }, { end: Number.NaN }]) {
      await expect(store.open(key, range), JSON.stringify(range)).rejects.toMatchObject({ code: 'bad_range' });
    }
    await putBytes(store, key, Buffer.alloc(0));
    expect(await readBytes(store, key, { start: 0 })).toHaveLength(0);
  });
}

function describeRefusals(given: () => { readonly store: BlobStore; leftovers(): number | Promise<number> }): void {
  const old = Buffer.from('the old one');
  const limit = { maxBytes: large.length };
  const source = (bytes: Uint8Array) => inChunks(bytes, 65_536);
  it.each([
    ['is larger than allowed', () => source(large), { maxBytes: large.length - 1 }, 'blob_too_large'],
    ['is larger than allowed by one byte', () => source(Buffer.alloc(9)), { maxBytes: 8 }, 'blob_too_large'],
    ['has another checksum', () => source(large), { ...limit, expectedSha256: sha256(old) }, 'checksum_mismatch'],
    [
      'is small and has another',
      () => source(Buffer.alloc(9)),
      { ...limit, expectedSha256: sha256(old) },
      'checksum_mismatch',
    ],
    ['breaks off', () => thenFails(large), limit, 'source_failed'],
    ['breaks off early', () => thenFails(Buffer.from('x')), limit, 'source_failed'],
    ['stalls', () => thenSilent(large), { ...limit, stallMs: 50 }, 'stalled'],
    ['stalls at once', () => thenSilent(Buffer.from('x')), { ...limit, stallMs: 50 }, 'stalled'],
    [
      'is cancelled while it stalls',
      () => thenSilent(large),
      { ...limit, signal: AbortSignal.timeout(300) },
      'canceled',
    ],
    ['is cancelled before', () => source(large), { ...limit, signal: AbortSignal.abort() }, 'canceled'],
  ])('keeps the old one and nothing else of a body that %s', async (_, body, options, code) => {
    const { store, leftovers } = given();
    await putBytes(store, key, old);
    await expect(store.put(key, body(), options)).rejects.toMatchObject({ name: 'Failure', code });
    expect(await readBytes(store, key)).toEqual(old);
    expect(await verifyBlob(store, key)).toBe('intact');
    await store.delete(key);
    await expect(store.put(key, body(), { ...options })).rejects.toMatchObject({ code });
    expect(await store.stat(key)).toBeNull();
    expect(await leftovers()).toBe(0);
  });

  it('leaves a refused stream to whoever made it, to be drained', async () => {
    const { store } = given();
    const stream = Readable.from(inChunks(large, 65_536), { objectMode: false });
    await expect(store.put(key, stream, { maxBytes: 100 })).rejects.toMatchObject({ code: 'blob_too_large' });
    expect(stream.destroyed).toBe(false);
    expect((await buffer(stream)).length).toBeGreaterThan(large.length - 200_000);
  });
}

function describeKeys(given: () => BlobStore): void {
  it('says that a blob is not there', async () => {
    const store = given();
    await store.delete(key);
    await store.delete(key);
    expect(await store.stat(key)).toBeNull();
    expect(await verifyBlob(store, key)).toBe('missing');
    await expect(store.open(key)).rejects.toMatchObject({ code: 'blob_not_found' });
    await expect(store.open(key, { start: 3, end: 3 })).rejects.toMatchObject({ code: 'blob_not_found' });
  });

  it('lists blobs in pages, each once, and nothing but blobs', async () => {
    const store = given();
    const keys = [1, 2, 10, 257, 258].flatMap((id) => [makeKey('logs', id, 'log'), makeKey('logs', id, 'log.index')]);
    await Promise.all(keys.map((name) => putBytes(store, name, large.subarray(0, name.length))));
    await putBytes(store, makeKey('logs', 10, 'large'), large);
    const all = await listAll(store, 'logs/', 3);
    expect(all).toEqual([...keys, makeKey('logs', 10, 'large')].sort());
    expect(await listAll(store, 'logs/01/', 1000)).toEqual(all.filter((name) => name.startsWith('logs/01/')));
    expect(await listAll(store, 'logs/01/257/', 1)).toEqual(['logs/01/257/log', 'logs/01/257/log.index']);
    expect(await listAll(store, 'artifacts/ff/', 10)).toEqual([]);
    expect((await listAll(store, '', 1000)).filter((name) => name.startsWith('logs/'))).toEqual(all);
    for (const name of all) await store.delete(name);
    expect(await listAll(store, 'logs/', 10)).toEqual([]);
  });

  it.each(['', '/etc/passwd', 'artifacts/2a/1066/../x', 'artifacts/2A/1/x', 'artifacts/00/0/x', 'x/00/1/x'])(
    'refuses the key %j',
    async (bad) => {
      const store = given();
      const refused = { name: 'Failure', code: 'bad_key' };
      await expect(putBytes(store, bad, large.subarray(0, 1))).rejects.toMatchObject(refused);
      const works = [store.open(bad), store.stat(bad), store.delete(bad), store.list(`${bad}x`)];
      await Promise.all(works.map((work) => expect(work).rejects.toMatchObject(refused)));
    },
  );
}

async function listAll(store: BlobStore, prefix: string, limit: number): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = await store.list(prefix, after === '' ? { limit } : { after, limit });
    expect(page.blobs.length).toBeLessThanOrEqual(limit);
    keys.push(...page.blobs.map((blob) => blob.key));
    after = page.next;
  }
  return keys;
}

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { itAsRoot, itAsUser } from '../../../test/support/privilege.ts';
import { makeKey } from '../blob-key.ts';
import type { BlobStore } from '../blob-store.ts';
import { inChunks, patternBytes, putBytes, readBytes, thenSilent } from '../testing/sources.ts';
import { useTemporaryDirectory } from '../testing/temporary-directory.ts';
import { verifyBlob } from '../verify-blob.ts';
import { openDiskStore } from './open-disk-store.ts';

const temporary = useTemporaryDirectory();
const key = makeKey('artifacts', 1066, 'archive.zip');
const old = Buffer.from('the old one');
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A store with one blob, and where it is. */
async function filled(root = temporary.fresh()): Promise<{ store: BlobStore; root: string; path: string }> {
  const store = openDiskStore({ root });
  await putBytes(store, key, old);
  return { store, root, path: join(root, key) };
}

const drafts = (root: string): readonly string[] => readdirSync(join(root, 'drafts'));

function mountTmpfs(root: string, options: string): void {
  mkdirSync(root);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', root]);
  undo.push(() => execFileSync('umount', [root]));
}

itAsRoot('refuses what does not fit on a full disk and leaves nothing of it', async () => {
  const root = temporary.fresh();
  mountTmpfs(root, 'size=1m');
  const { store } = await filled(root);
  for (const chunkBytes of [1000, 65_536, 2_000_000]) {
    const source = inChunks(patternBytes(2_000_000), chunkBytes);
    await expect(store.put(key, source, { maxBytes: 1e9 })).rejects.toMatchObject({ code: 'disk_full' });
    expect(await readBytes(store, key)).toEqual(old);
    expect(await verifyBlob(store, key)).toBe('intact');
    expect(drafts(root)).toEqual([]);
  }
  await putBytes(store, key, patternBytes(500_000));
  expect(await verifyBlob(store, key)).toBe('intact');
});

itAsRoot('reads on, and refuses to write, where the file system is read-only', async () => {
  const root = temporary.fresh();
  mountTmpfs(root, 'size=1m');
  const { store } = await filled(root);
  execFileSync('mount', ['-o', 'remount,ro', root]);
  await expect(putBytes(store, key, old)).rejects.toMatchObject({ code: 'not_permitted' });
  await expect(store.delete(key)).rejects.toMatchObject({ code: 'not_permitted' });
  expect(await verifyBlob(store, key)).toBe('intact');
  expect(() => openDiskStore({ root: join(root, 'new') })).toThrow(expect.objectContaining({ code: 'not_permitted' }));
});

itAsUser('says which directory is closed', async () => {
  const { store, root, path } = await filled();
  const close = (closed: string, mode: number): void => {
    chmodSync(closed, mode);
    undo.push(() => chmodSync(closed, 0o700));
  };
  close(dirname(path), 0o500);
  await expect(putBytes(store, key, patternBytes(9))).rejects.toMatchObject({ code: 'not_permitted' });
  await expect(store.delete(key)).rejects.toMatchObject({ code: 'not_permitted' });
  expect(await readBytes(store, key)).toEqual(old);
  expect(drafts(root)).toEqual([]);
  close(path, 0o000);
  await expect(store.open(key)).rejects.toMatchObject({ code: 'not_permitted' });
  close(dirname(path), 0o000);
  await expect(store.stat(key)).rejects.toMatchObject({ code: 'not_permitted' });
  expect(drafts(root)).toEqual([]);
});

it('follows no link out of its directory, for a blob or a directory on the way', async () => {
  const { store, root, path } = await filled();
  const outside = temporary.fresh();
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  unlinkSync(path);
  symlinkSync(join(outside, 'secret'), path);
  const refused = { name: 'Failure', code: expect.stringMatching('not_permitted|store_unavailable') };
  await expect(store.open(key)).rejects.toMatchObject(refused);
  await expect(store.stat(key)).rejects.toMatchObject(refused);
  expect((await store.list('')).blobs).toEqual([]);
  await putBytes(store, key, old);
  expect(readdirSync(outside)).toEqual(['secret']);
  for (const level of [dirname(path), dirname(dirname(path)), join(root, 'artifacts')]) {
    renameSync(level, `${level}.moved`);
    symlinkSync(`${level}.moved`, level);
    const works = [putBytes(store, key, old), store.open(key), store.stat(key), store.delete(key)];
    await Promise.all(works.map((work) => expect(work).rejects.toMatchObject({ code: 'not_permitted' })));
    expect((await store.list('artifacts/')).blobs).toEqual([]);
    unlinkSync(level);
    renameSync(`${level}.moved`, level);
  }
  expect(await readBytes(store, key)).toEqual(old);
  expect(drafts(root)).toEqual([]);
});

it('sweeps old drafts, and none that is being written', async () => {
  const { store, root } = await filled();
  writeFileSync(join(root, 'drafts/dead'), 'x');
  utimesSync(join(root, 'drafts/dead'), 1000, 1000);
  const controller = new AbortController();
  const put = store.put(key, thenSilent(old), { maxBytes: 100, signal: controller.signal });
  const begun = expect.poll(() => drafts(root).length);
  await begun.toBe(2);
  expect(await store.sweep(999_000)).toBe(0);
  expect(await store.sweep(1_001_000)).toBe(1);
  expect(await store.sweep(Number.POSITIVE_INFINITY)).toBe(0);
  controller.abort();
  await expect(put).rejects.toMatchObject({ code: 'canceled' });
  expect(drafts(root)).toEqual([]);
});

it('tells a damaged blob, and one whose checksum is not there', async () => {
  const { store, path } = await filled();
  writeFileSync(path, 'THE OLD ONE');
  expect(await verifyBlob(store, key)).toBe('damaged');
  writeFileSync(path, 'the old');
  expect(await verifyBlob(store, key)).toBe('unknown');
  unlinkSync(`${path}.sha256`);
  expect(await verifyBlob(store, key)).toBe('unknown');
  expect(await verifyBlob(store, key, { expectedSha256: '00' })).toBe('damaged');
});

it('keeps whole blobs with their own checksums when many put, read and delete one', async () => {
  const { store, path } = await filled();
  const bodies = Array.from({ length: 12 }, (_, n) => patternBytes(1000 + n, n + 1));
  const readers = Array.from({ length: 40 }, async () => {
    const opened = await store.open(key).catch(() => null);
    if (opened === null) return;
    const body = Buffer.concat(await opened.body.toArray());
    expect(body.length).toBe(opened.sizeBytes);
  });
  const writers = bodies.map(async (body, n) => {
    await putBytes(store, key, body);
    if (n % 3 === 0) await store.delete(key);
  });
  await Promise.all([...writers, ...readers]);
  expect(['intact', 'missing']).toContain(await verifyBlob(store, key));
  await store.delete(key);
  expect(existsSync(dirname(path))).toBe(false);
});

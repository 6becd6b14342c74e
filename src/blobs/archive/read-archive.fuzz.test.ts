import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { makeBareDirectory, makeZip } from '../../../test/support/zips.ts';
import { Failure } from '../../base/index.ts';
import { makeKey } from '../blob-key.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { patternBytes } from '../testing/sources.ts';
import { openEntry } from './open-entry.ts';
import { defaultArchiveLimits, readArchive } from './read-archive.ts';

const key = makeKey('artifacts', 1, 'archive.zip');
const limits = { ...defaultArchiveLimits, maxContentBytes: 10_000_000 };
const allowed = new Set(['archive_refused', 'archive_unreadable', 'entry_unreadable', 'entry_not_found']);
const seeds: Buffer[] = [];

beforeAll(async () => {
  seeds.push(
    await makeZip([
      { path: 'a/b.txt', content: patternBytes(2000) },
      { path: 'zeros', content: Buffer.alloc(50_000) },
      { path: 'stored', content: 'stored', options: { compress: false } },
      { path: 'dir/' },
    ]),
    await makeZip([{ path: 'x', content: 'x', options: { forceZip64Format: true } }]),
    makeBareDirectory(['one', 'two/three'], 7),
  );
});

/** Changes to bytes, most of them near the end, where a zip keeps its directory; then a cut. */
const mutation = fc.record({
  seed: fc.nat(2),
  writes: fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x50)),
    {
      maxLength: 8,
    },
  ),
  keep: fc.oneof(
    { weight: 5, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
});

function mutate({ seed, writes, keep }: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const bytes = Buffer.from(seeds[seed] ?? Buffer.alloc(0));
  for (const [place, value] of writes) bytes[bytes.length - 1 - Math.floor(place ** 2 * (bytes.length - 1))] = value;
  return bytes.subarray(0, Math.ceil(bytes.length * keep));
}

/** What a server does with an upload: index it, then give out every file. */
async function useAll(bytes: Buffer): Promise<number> {
  const store = memoryStore();
  store.blobs.set(key, bytes);
  const index = await readArchive(store, key, { limits });
  for (const { path, sizeBytes, kind } of index) {
    expect(path.split('/')).not.toContain('..');
    if (kind !== 'file') continue;
    const content = await openEntry({ store, key, index }, path)
      .then(({ body }) => buffer(body))
      .catch(onlyOurs);
    if (content !== null) expect(content).toHaveLength(sizeBytes);
  }
  return index.length;
}

function onlyOurs(error: unknown): null {
  if (error instanceof Failure && allowed.has(error.code)) return null;
  throw error;
}

it('answers every damaged zip with entries or a failure of ours, soon', async () => {
  let understood = 0;
  await fc.assert(
    fc.asyncProperty(mutation, async (change) => {
      const startedAt = performance.now();
      const found = await useAll(mutate(change)).catch(onlyOurs);
      if (found !== null) understood += 1;
      expect(performance.now() - startedAt).toBeLessThan(5000);
    }),
    { numRuns: 1500, seed: 7 },
  );
  // Else the mutations only ever hit the door.
  expect(understood).toBeGreaterThan(200);
}, 60_000);

it('stops at its limits, early, in directories that claim too much', async () => {
  const store = memoryStore();
  const names = Array.from({ length: 150_000 }, (_, n) => `f${n}`);
  store.blobs.set(key, makeBareDirectory(names, 0xfffffffe));
  await expect(readArchive(store, key)).rejects.toMatchObject({ code: 'archive_refused' });
  store.blobs.set(key, makeBareDirectory(Array.from({ length: 200_001 }, () => 'x')));
  await expect(readArchive(store, key)).rejects.toMatchObject({ code: 'archive_refused' });
  expect(store.reads.length).toBeLessThan(8);
});

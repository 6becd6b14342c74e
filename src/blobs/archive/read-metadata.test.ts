import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { inChunks } from '../testing/sources.ts';
import { readMetadata } from './read-metadata.ts';

function metadata(...strings: readonly string[]): Buffer {
  const parts = strings.flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return [length, Buffer.from(text)];
  });
  return gzipSync(Buffer.concat(parts));
}

const header = ['GitLab Build Artifacts Metadata 0.0.2\n', '{}'];
const rows = [
  'ci/',
  '{"modified":1767323046,"mode":"40755"}\n',
  'ci/ü.txt',
  '{"modified":1767323046,"mode":"100644","crc":907060870,"size":5,"zipped":7}\n',
];
const read = (bytes: Buffer, chunkBytes = 100, maxEntries = 10) =>
  Readable.from(readMetadata(inChunks(bytes, chunkBytes), { maxEntries })).toArray();

it.each([1, 7, 1000])('reads what GitLab lists, in pieces of %i bytes', async (chunkBytes) => {
  expect(await read(metadata(...header, ...rows), chunkBytes)).toEqual([
    { path: 'ci/', sizeBytes: 0, packedBytes: 0, crc32: 0, mode: 0o40755, modifiedMs: 1_767_323_046_000 },
    {
      path: 'ci/ü.txt',
      sizeBytes: 5,
      packedBytes: 7,
      crc32: 907_060_870,
      mode: 0o100644,
      modifiedMs: 1_767_323_046_000,
    },
  ]);
  expect(await read(metadata(...header))).toEqual([]);
});

it.each([
  ['no gzip', Buffer.from('GitLab')],
  ['nothing', gzipSync('')],
  ['another format', metadata('GitLab Something 1\n', '{}')],
  ['cut off', metadata(...header, ...rows).subarray(0, 90)],
  ['a path without facts', metadata(...header, 'ci/')],
  ['half a string', gzipSync(Buffer.from([0, 0, 0, 9, 65]))],
  ['a string of 4 GB', gzipSync(Buffer.from([255, 255, 255, 255, 65]))],
  ['no JSON', metadata(...header, 'a', 'b')],
])('refuses %s', async (_, bytes) => {
  await expect(read(bytes)).rejects.toMatchObject({ name: 'Failure', code: 'archive_unreadable' });
});

it('refuses more entries than allowed', async () => {
  await expect(read(metadata(...header, ...rows), 100, 1)).rejects.toMatchObject({ code: 'archive_refused' });
});

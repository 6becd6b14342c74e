import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeKey } from '../blob-key.ts';
import type { BlobStore } from '../blob-store.ts';
import { type SeenRequest, useS3Server } from '../testing/s3-server.ts';
import { inChunks, patternBytes, putBytes, readBytes } from '../testing/sources.ts';
import { verifyBlob } from '../verify-blob.ts';
import { openS3Store } from './open-s3-store.ts';

const server = useS3Server();
const key = makeKey('artifacts', 1066, 'archive.zip');
const small = Buffer.from('small');
const large = patternBytes(22 * 1024 ** 2);
const isPart = ({ method, url }: SeenRequest): boolean => method === 'PUT' && url.includes('partNumber=');
let store: BlobStore;

beforeEach(async () => {
  store = await openS3Store(server.settings({ requestMs: 1500 }));
  await putBytes(store, key, small);
  server.seen.length = 0;
});
afterEach(() => {
  server.fault = null;
  store.close();
});

function answer(response: ServerResponse, status: number, code: string): 'handled' {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
  return 'handled';
}

it('tries again when the store is busy or a connection breaks', async () => {
  let faults = 0;
  server.fault = (seen, response) => {
    if (!isPart(seen) || ++faults > 3) return null;
    if (faults === 2) response.destroy();
    return faults === 2 ? 'handled' : answer(response, 503, 'SlowDown');
  };
  await putBytes(store, key, large);
  expect(faults).toBeGreaterThan(3);
  expect(await verifyBlob(store, key)).toBe('intact');
});

it('gives up in time when the store does not answer, and aborts the upload there', async () => {
  server.fault = (seen) => (isPart(seen) ? 'handled' : null);
  const startedAt = performance.now();
  await expect(putBytes(store, key, large)).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(server.uploads.size).toBe(0);
  expect(await readBytes(store, key)).toEqual(small);
  server.fault = () => 'handled';
  for (const work of [() => store.stat(key), () => store.open(key), () => store.delete(key), () => store.list('')]) {
    await expect(work()).rejects.toMatchObject({ code: 'store_unavailable' });
  }
});

it('stops at once when it is cancelled, in the middle of a part too', async () => {
  const controller = new AbortController();
  server.fault = (seen) => {
    if (!isPart(seen)) return null;
    controller.abort();
    return 'handled';
  };
  const put = store.put(key, inChunks(large, 65_536), { maxBytes: large.length, signal: controller.signal });
  await expect(put).rejects.toMatchObject({ code: 'canceled' });
  expect(server.uploads.size).toBe(0);
  expect(await readBytes(store, key)).toEqual(small);
});

it('leaves the old one when the last move of an upload fails, and the sweep takes what could not be aborted', async () => {
  server.fault = ({ method, url }, response) =>
    method !== 'PUT' && url.includes('uploadId=') ? answer(response, 500, 'InternalError') : null;
  await expect(putBytes(store, key, large)).rejects.toMatchObject({ code: 'store_unavailable' });
  server.fault = null;
  expect(server.uploads.size).toBe(1);
  expect(await readBytes(store, key)).toEqual(small);
  expect(await store.sweep(Date.UTC(2026, 0, 1))).toBe(0);
  expect(await store.sweep(Date.UTC(2026, 1, 1))).toBe(1);
  expect(server.uploads.size).toBe(0);
});

it('never pairs a blob with the checksum of another when a put ends before its checksum is there', async () => {
  await putBytes(store, key, large);
  server.fault = ({ method, url }, response) =>
    method === 'PUT' && url.includes('.sha256') ? answer(response, 400, 'InvalidRequest') : null;
  await expect(putBytes(store, key, patternBytes(large.length, 2))).rejects.toMatchObject({
    code: 'store_unavailable',
  });
  server.fault = null;
  expect(await verifyBlob(store, key)).toBe('unknown');
});

it('takes no more from a fast source than a few parts while a slow store has not got them', async () => {
  const controller = new AbortController();
  server.fault = (seen) => (isPart(seen) ? 'handled' : null);
  let takenBytes = 0;
  async function* fast(): AsyncGenerator<Uint8Array> {
    for (;;) {
      takenBytes += 65_536;
      yield large.subarray(0, 65_536);
    }
  }
  const put = store.put(key, fast(), { maxBytes: 1e12, signal: controller.signal });
  await expect.poll(() => server.seen.filter(isPart).length).toBe(3);
  controller.abort();
  await expect(put).rejects.toMatchObject({ code: 'canceled' });
  expect(takenBytes).toBeLessThan(6 * 5 * 1024 ** 2);
});

it('says what the store refuses', async () => {
  server.fault = (_, response) => answer(response, 403, 'AccessDenied');
  await expect(putBytes(store, key, small)).rejects.toMatchObject({ code: 'not_permitted' });
  await expect(store.list('')).rejects.toMatchObject({ code: 'not_permitted' });
  await expect(store.stat(key)).rejects.toMatchObject({ code: 'not_permitted' });
  server.fault = null;
  const elsewhere = await openS3Store(server.settings({ bucket: 'nowhere' }));
  await expect(putBytes(elsewhere, key, small)).rejects.toMatchObject({ code: 'store_unavailable' });
  elsewhere.close();
});

it('breaks off a download that is cancelled', async () => {
  await putBytes(store, key, large);
  const controller = new AbortController();
  const { body } = await store.open(key, { signal: controller.signal });
  const reading = body.toArray();
  controller.abort();
  await expect(reading).rejects.toThrow(/abort/);
});

it('needs one request for a small blob and no listing to find one', async () => {
  await putBytes(store, key, small);
  await readBytes(store, key);
  expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'GET']);
});

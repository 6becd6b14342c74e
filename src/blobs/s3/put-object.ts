import { blobFailure } from '../blob-failure.ts';
import { SIDECAR } from '../blob-key.ts';
import type { PutOptions, StoredBlob } from '../blob-store.ts';
import { measure } from '../measure.ts';
import { formatSidecar } from '../sidecar.ts';
import { ask } from './ask.ts';
import { type Bucket, place } from './bucket.ts';
import { inParts } from './in-parts.ts';
import { uploadParts } from './upload-parts.ts';

/**
 * What fits into one part is one request, its checksum a header of the object. Of more the checksum is known only at the end, so it lies beside it
 * and names the version (ETag) that it belongs to. S3 shows an object when it is whole.
 */
export async function putObject(
  bucket: Bucket,
  key: string,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredBlob> {
  const { chunks, stored } = measure(source, options);
  const parts = inParts(chunks, bucket.partBytes);
  try {
    const first = (await parts.next()).value ?? Buffer.alloc(0);
    const second = (await parts.next()).value;
    if (second === undefined) await putWhole(bucket, key, first, { stored: stored(), signal: options.signal });
    else await putParts(bucket, key, chain([first, second], parts), { stored, signal: options.signal });
    return stored();
  } finally {
    await parts.return(undefined);
  }
}

async function putWhole(
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  { stored, signal }: { readonly stored: StoredBlob; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { PutObjectCommand } = bucket.sdk;
  const command = new PutObjectCommand({
    ...place(bucket, key),
    Body: bytes,
    ContentLength: bytes.length,
    Metadata: { sha256: stored.sha256 },
  });
  await ask(bucket, `store ${key}`, (abortSignal) => bucket.client.send(command, { abortSignal }), signal);
}

async function putParts(
  bucket: Bucket,
  key: string,
  parts: AsyncIterable<Buffer>,
  { stored, signal }: { readonly stored: () => StoredBlob; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const version = await uploadParts(bucket, key, parts, signal);
  if (version === null) throw blobFailure('store_unavailable', `store ${key}: the store names no version of it`);
  const command = new bucket.sdk.PutObjectCommand({
    ...place(bucket, key + SIDECAR),
    Body: formatSidecar({ ...stored(), version }),
  });
  await ask(
    bucket,
    `store the checksum of ${key}`,
    (abortSignal) => bucket.client.send(command, { abortSignal }),
    signal,
  );
}

async function* chain(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

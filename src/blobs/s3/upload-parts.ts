import type { CompletedPart } from '@aws-sdk/client-s3';
import { ask } from './ask.ts';
import { type Bucket, place } from './bucket.ts';

/** Parts on their way at a time: with the one being filled, what an upload holds in memory. */
const PARALLEL = 3;

interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly signal: AbortSignal;
}

/**
 * One object from its parts; returns the store's word for this version (ETag). What ends it early, also at the source, aborts it at the
 * store too. If not even that gets through, `sweep` does it later.
 */
export async function uploadParts(
  bucket: Bucket,
  key: string,
  parts: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const create = new bucket.sdk.CreateMultipartUploadCommand(place(bucket, key));
  const begin = (abortSignal: AbortSignal) => bucket.client.send(create, { abortSignal });
  const { UploadId: uploadId = '' } = await ask(bucket, `begin ${key}`, begin, signal);
  const ended = new AbortController();
  const stop = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]);
  const upload: Upload = { bucket, key, uploadId, signal: stop };
  const sending = new Set<Promise<void>>();
  try {
    const done = await sendAll(upload, parts, sending);
    return await complete(upload, done);
  } catch (error) {
    ended.abort();
    // The store may keep a part that arrives after the abort.
    await Promise.allSettled(sending);
    await abortUpload(bucket, key, uploadId).catch(() => undefined);
    throw error;
  }
}

async function sendAll(
  upload: Upload,
  parts: AsyncIterable<Buffer>,
  sending: Set<Promise<void>>,
): Promise<readonly CompletedPart[]> {
  const done: CompletedPart[] = [];
  let failure: { readonly error: unknown } | null = null;
  let count = 0;
  for await (const part of parts) {
    const number = ++count;
    const sent = sendPart(upload, number, part)
      .then((completed) => void done.push(completed))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => sending.delete(sent));
    sending.add(sent);
    if (sending.size >= PARALLEL) await Promise.race(sending);
    throwIf(failure);
  }
  await Promise.all(sending);
  throwIf(failure);
  return done.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

function throwIf(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}

async function sendPart(
  { bucket, key, uploadId, signal }: Upload,
  number: number,
  part: Buffer,
): Promise<CompletedPart> {
  const command = new bucket.sdk.UploadPartCommand({
    ...place(bucket, key),
    UploadId: uploadId,
    PartNumber: number,
    Body: part,
    ContentLength: part.length,
  });
  const send = (abortSignal: AbortSignal) => bucket.client.send(command, { abortSignal });
  const { ETag } = await ask(bucket, `store part ${number} of ${key}`, send, signal);
  return { PartNumber: number, ETag };
}

async function complete(
  { bucket, key, uploadId, signal }: Upload,
  parts: readonly CompletedPart[],
): Promise<string | null> {
  const command = new bucket.sdk.CompleteMultipartUploadCommand({
    ...place(bucket, key),
    UploadId: uploadId,
    MultipartUpload: { Parts: [...parts] },
  });
  const send = (abortSignal: AbortSignal) => bucket.client.send(command, { abortSignal });
  return (await ask(bucket, `finish ${key}`, send, signal)).ETag ?? null;
}

/** `key` without the bucket's prefix. One that is gone is fine. */
export async function abortUpload(bucket: Bucket, key: string, uploadId: string): Promise<void> {
  const command = new bucket.sdk.AbortMultipartUploadCommand({ ...place(bucket, key), UploadId: uploadId });
  await ask(bucket, `abort ${key}`, (abortSignal) => bucket.client.send(command, { abortSignal })).catch(
    (error: Error) => {
      if ((error.cause as Error | undefined)?.name !== 'NoSuchUpload') throw error;
    },
  );
}

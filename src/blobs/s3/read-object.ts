import { addAbortSignal, Readable } from 'node:stream';
import { Failure } from '../../base/index.ts';
import { blobFailure } from '../blob-failure.ts';
import { SIDECAR } from '../blob-key.ts';
import type { BlobStat, OpenedBlob, ReadRange } from '../blob-store.ts';
import { clampRange } from '../byte-range.ts';
import { parseSidecar } from '../sidecar.ts';
import { ask } from './ask.ts';
import { type Bucket, place } from './bucket.ts';

/** What a HEAD and a GET say of an object. */
interface Described {
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  readonly ETag?: string | undefined;
}

export async function openObject(bucket: Bucket, key: string, range: ReadRange): Promise<OpenedBlob> {
  const { start = 0, end, signal } = range;
  clampRange({ start, end: end ?? Number.MAX_SAFE_INTEGER }, Number.MAX_SAFE_INTEGER);
  if (start === end) return openNothing(bucket, key, range);
  const isWhole = start === 0 && end === undefined;
  const Range = isWhole ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
  const command = new bucket.sdk.GetObjectCommand({ ...place(bucket, key), Range });
  const send = (abortSignal: AbortSignal) => bucket.client.send(command, { abortSignal });
  try {
    const answer = await ask(bucket, `open ${key}`, send, signal);
    const { Body, ContentLength = 0, ContentRange } = answer;
    if (!(Body instanceof Readable)) throw blobFailure('store_unavailable', `open ${key}: the store sent no body`);
    const sizeBytes = ContentRange === undefined ? ContentLength : Number(ContentRange.split('/')[1]);
    const sha256 = await checksumOf(bucket, key, answer).catch((error: unknown) => {
      Body.destroy();
      throw error;
    });
    return { sizeBytes, sha256, body: signal === undefined ? Body : addAbortSignal(signal, Body) };
  } catch (error) {
    // To S3 a range that begins at the very end is as wrong as one past it, and so is any range of an empty object.
    if (error instanceof Failure && error.code === 'bad_range') return openNothing(bucket, key, range);
    throw error;
  }
}

/** For a range without bytes, which S3 cannot say. */
async function openNothing(bucket: Bucket, key: string, range: ReadRange): Promise<OpenedBlob> {
  const stat = await statObject(bucket, key);
  if (stat === null) throw blobFailure('blob_not_found', `open ${key}: there is none`);
  clampRange(range, stat.sizeBytes);
  return { sizeBytes: stat.sizeBytes, sha256: stat.sha256, body: Readable.from([], { objectMode: false }) };
}

export async function statObject(bucket: Bucket, key: string): Promise<BlobStat | null> {
  const command = new bucket.sdk.HeadObjectCommand(place(bucket, key));
  try {
    const answer = await ask(bucket, `look at ${key}`, (abortSignal) => bucket.client.send(command, { abortSignal }));
    const { ContentLength: sizeBytes = 0, LastModified } = answer;
    return { sizeBytes, sha256: await checksumOf(bucket, key, answer), modifiedMs: LastModified?.getTime() ?? 0 };
  } catch (error) {
    if (error instanceof Failure && error.code === 'blob_not_found') return null;
    throw error;
  }
}

/** From the object itself, or from beside it if that is of this version. */
async function checksumOf(bucket: Bucket, key: string, { Metadata, ETag }: Described): Promise<string | null> {
  if (Metadata?.sha256 !== undefined) return Metadata.sha256;
  const command = new bucket.sdk.GetObjectCommand(place(bucket, key + SIDECAR));
  try {
    const text = await ask(bucket, `read the checksum of ${key}`, async (abortSignal) => {
      const { Body } = await bucket.client.send(command, { abortSignal });
      return Body?.transformToString() ?? '';
    });
    const sidecar = parseSidecar(text);
    return sidecar !== null && sidecar.version === ETag ? sidecar.sha256 : null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'blob_not_found') return null;
    throw error;
  }
}

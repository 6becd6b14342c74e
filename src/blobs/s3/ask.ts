import { describeError, Failure } from '../../base/index.ts';
import { type BlobFailureCode, blobFailure } from '../blob-failure.ts';
import type { Bucket } from './bucket.ts';

/**
 * One request, retried by the SDK, that ends at its deadline or when `signal` aborts, whichever is first; `attempted` is for the message.
 * A body that comes with the answer is no longer bound by the deadline.
 */
export async function ask<T>(
  { requestMs }: Bucket,
  attempted: string,
  send: (abortSignal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), requestMs);
  try {
    return await send(signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]));
  } catch (error) {
    if (signal?.aborted) throw blobFailure('canceled', `${attempted}: cancelled`, error);
    if (deadline.signal.aborted)
      throw blobFailure('store_unavailable', `${attempted}: no answer for ${requestMs} ms`, error);
    throw s3Failure(error, attempted);
  } finally {
    clearTimeout(timer);
  }
}

/** By S3's own words; an answer to a HEAD has none, and is known by its status alone. */
const codesOfS3: Readonly<Record<string, BlobFailureCode>> = {
  NoSuchKey: 'blob_not_found',
  NotFound: 'blob_not_found',
  InvalidRange: 'bad_range',
  403: 'not_permitted',
  QuotaExceeded: 'disk_full',
  InsufficientCapacity: 'disk_full',
};

function s3Failure(error: unknown, attempted: string): Failure {
  if (error instanceof Failure) return error;
  const { name = '', $metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { httpStatusCode?: number };
  };
  const code = codesOfS3[name] ?? codesOfS3[$metadata?.httpStatusCode ?? 0] ?? 'store_unavailable';
  return blobFailure(code, `${attempted}: ${describeError(error)}`, error);
}

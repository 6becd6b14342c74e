import { join } from 'node:path';
import { describeError, Failure } from '../base/index.ts';
import { type BlobStore, makeKey, openDiskStore, openS3Store, type S3Settings } from '../blobs/index.ts';

/** Of no job. */
const PROBE = makeKey('artifacts', Number.MAX_SAFE_INTEGER, 'probe');

/** Where artifacts and sealed logs lie: in the data directory, or on S3. Sends nothing yet. */
export async function openBlobs(dataDir: string, s3: S3Settings | null): Promise<BlobStore> {
  return s3 === null ? openDiskStore({ root: join(dataDir, 'blobs') }) : await openS3Store(s3);
}

/**
 * Finds out whether the bucket can be listed, written to, read and removed from, before anybody relies on it.
 * @throws Failure `blobs_unusable`
 */
export async function probeBlobs(blobs: BlobStore, { bucket, endpoint, region }: S3Settings): Promise<void> {
  try {
    await blobs.list('artifacts/', { limit: 1 });
    await blobs.put(PROBE, one(), { maxBytes: 1 });
    await blobs.stat(PROBE);
    await blobs.delete(PROBE);
  } catch (cause) {
    const where = `the bucket ${bucket} at ${endpoint ?? `Amazon S3 in ${region}`}`;
    // Our own failures say all of their cause.
    const why = cause instanceof Failure ? cause.message : describeError(cause);
    throw new Failure('blobs_unusable', `cannot keep artifacts and logs in ${where}: ${why}`);
  }
}

async function* one(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('1');
}

import { describeError, errorCode, Failure } from '../base/index.ts';

/** All codes of failures that leave this room; docs/blobs.md says what each means. */
export type BlobFailureCode =
  | 'bad_key'
  | 'bad_range'
  | 'blob_not_found'
  | 'blob_too_large'
  | 'checksum_mismatch'
  | 'canceled'
  | 'stalled'
  | 'source_failed'
  | 'disk_full'
  | 'not_permitted'
  | 'store_unavailable'
  | 'archive_refused'
  | 'archive_unreadable'
  | 'entry_not_found'
  | 'entry_unreadable'
  | 'index_unreadable';

export function blobFailure(code: BlobFailureCode, message: string, cause?: unknown): Failure {
  return new Failure(code, message, cause === undefined ? {} : { cause });
}

const codesOfDisk: Readonly<Record<string, BlobFailureCode>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'not_permitted',
  EPERM: 'not_permitted',
  EROFS: 'not_permitted',
  ENOENT: 'blob_not_found',
};

/** What the disk said while `attempted` was done; our own failures pass as they are. */
export function diskFailure(error: unknown, attempted: string): Failure {
  if (error instanceof Failure) return error;
  return blobFailure(
    codesOfDisk[errorCode(error) ?? ''] ?? 'store_unavailable',
    `${attempted}: ${describeError(error)}`,
    error,
  );
}

import type { Readable } from 'node:stream';

export interface PutOptions {
  /** One byte more is refused with `blob_too_large`. */
  readonly maxBytes: number;
  /** In hex; other content is refused with `checksum_mismatch`. */
  readonly expectedSha256?: string;
  /** Ends a put at any moment, also one whose source gives nothing: `canceled`. */
  readonly signal?: AbortSignal;
  /** The source may be silent for so long, else `stalled`; default 60 s. What the store takes itself does not count. */
  readonly stallMs?: number;
}

export interface StoredBlob {
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface BlobStat {
  readonly sizeBytes: number;
  /** As it was when the blob was put; null where a crash kept it from being noted (that put never resolved). */
  readonly sha256: string | null;
  readonly modifiedMs: number;
}

export interface ReadRange {
  /** First byte; default 0. At the blob's end there is nothing to read, past it is `bad_range`. */
  readonly start?: number;
  /** The byte after the last one; default and at most the blob's size. */
  readonly end?: number;
  readonly signal?: AbortSignal;
}

export interface OpenedBlob {
  /** Of the whole blob, whatever the range. */
  readonly sizeBytes: number;
  readonly sha256: string | null;
  /** Has to be read to its end or destroyed. One that is replaced or deleted meanwhile is still read as it was, or breaks off with an error. */
  readonly body: Readable;
}

export interface ListedBlob {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface BlobPage {
  /** In the order of their keys. */
  readonly blobs: readonly ListedBlob[];
  /** `after` of the next page; null: this was the last one. A page may be short, or empty, before that. */
  readonly next: string | null;
}

/**
 * Bytes at rest. Every method throws `Failure` with a `BlobFailureCode`; a key that `makeKey` cannot make is `bad_key`.
 * Memory stays flat whatever a blob's size.
 */
export interface BlobStore {
  /**
   * Stores all that the source gives, whole or not at all, in place of what was there. Once it resolves the blob survives a power cut;
   * a crash before leaves the old one or the new one. The source is not ended: whoever made it does that. A chunk that was given must not change.
   */
  put(key: string, source: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob>;
  /** @throws Failure `blob_not_found`, `bad_range` */
  open(key: string, range?: ReadRange): Promise<OpenedBlob>;
  /** Null when there is none. */
  stat(key: string): Promise<BlobStat | null>;
  /** One that is not there is fine. */
  delete(key: string): Promise<void>;
  /** `prefix` is empty or whole folders (`artifacts/2a/`). At most `limit` (default 1000) keys after `after`. */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<BlobPage>;
  /** Removes what puts that died have left and that nobody has written to since `before` (UTC ms); returns how many. */
  sweep(before: number): Promise<number>;
  /** Closes connections. */
  close(): void;
}

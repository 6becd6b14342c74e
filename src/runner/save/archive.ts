import type { CollectedFile } from '../../executors/index.ts';

export interface ArchiveLimits {
  readonly maxEntries: number;
  /** Of the content, unpacked. */
  readonly maxBytes: number;
}
export declare const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits;

export interface ArchiveSummary {
  readonly entries: number;
  /** Of the archive file. */
  readonly sizeBytes: number;
}

/**
 * Packs files into a zip at `path`, which appears whole or not at all. Files are read one after another as the iterator yields them.
 * @throws Failure `archive_too_large` (limits), `archive_not_written` (disk); the abort reason when aborted.
 */
export declare function writeArchive(
  path: string,
  files: AsyncIterable<CollectedFile>,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ArchiveSummary>;

/**
 * The entries of a zip, in its order. Content must be read while the iteration lasts.
 * @throws Failure `archive_refused` (unsafe path, limits, expansion ratio), `archive_unreadable` (not a zip, damaged, missing).
 */
export declare function readArchive(
  path: string,
  limits: ArchiveLimits,
  signal: AbortSignal,
): AsyncIterable<CollectedFile>;

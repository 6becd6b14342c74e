export interface ArchiveLimits {
  readonly maxEntries: number;
  /** Of the content, unpacked. */
  readonly maxBytes: number;
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = { maxEntries: 1_000_000, maxBytes: 50 * 1024 ** 3 };

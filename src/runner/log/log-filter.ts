export interface LogFilterOptions {
  /** Values that must not be seen. Trimmed, de-duplicated, empty ones dropped; longest first. */
  readonly maskedValues: readonly string[];
  /** `DEFAULT_TOKEN_PREFIXES` and the server's `features.token_mask_prefixes`. */
  readonly tokenPrefixes: readonly string[];
}

export interface FilteredLog {
  /** Valid UTF-8, whole characters. A view of the chunk itself when nothing had to change: use it before the chunk is reused. */
  readonly out: Uint8Array;
  /** How many bytes of the chunk `out` stands for; the next chunk starts with the byte after them. */
  readonly consumed: number;
}

export interface LogFilter {
  /**
   * Filters the log bytes that follow what was consumed before. What might still become a masked value is left for the next call.
   * `isEnd`: nothing follows the chunk; all of it is consumed.
   */
  (chunk: Uint8Array, isEnd: boolean): FilteredLog;
  /** A chunk of at least this many bytes is always consumed at least in part. */
  readonly minimumChunkBytes: number;
}

/** Kept in the log, with the run of token characters behind them masked. Source: GitLab's default token prefixes. */
export declare const DEFAULT_TOKEN_PREFIXES: readonly string[];

/**
 * Masks secrets in a job's log and makes it valid UTF-8. Keeps no state between calls: the offset up to which a log was consumed
 * is all that a later process needs to go on without a gap or a repeat.
 */
export declare function createLogFilter(options: LogFilterOptions): LogFilter;

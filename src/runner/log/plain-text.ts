export interface LineReader {
  /** Takes more log bytes; returns the lines that they complete, without line feed. */
  push(bytes: Uint8Array): string[];
  /** The rest, when the log is over. */
  end(): string[];
}

/**
 * Splits a job log into lines that can be printed behind a prefix: section markers, cursor movements and control characters are gone,
 * colours stay; of a line that rewrote itself with `\r` the last state is left. A line longer than `maxBytes` (64 KiB) comes in pieces.
 */
export declare function createLineReader(options?: { readonly maxBytes?: number }): LineReader;

export interface LastLine {
  push(bytes: Uint8Array): void;
  /** The last line that shows something, as it is now (also unfinished): no escapes, no control characters, at most `maxCharacters`. */
  text(): string;
}
export declare function createLastLine(maxCharacters: number): LastLine;

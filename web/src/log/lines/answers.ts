import type { Section } from '../place/folds.ts';

/** Lines of a log from one on, in a row: an answer of `trace/lines`, or a part of the stream's `log` event. */
export interface Stretch {
  readonly from: number;
  readonly lines: readonly string[];
  /** Lines of which the beginning was left out, and how many bytes of it. */
  readonly cut: readonly { readonly line: number; readonly bytes: number }[];
  /** SGR sequences that are in force at the first line. */
  readonly style: string;
}

/** What is known of a whole log. */
export interface Extent {
  readonly total: number;
  readonly size: number;
  /** Another number than before: the log was begun anew, what is held is of the one before. */
  readonly resends: number;
  readonly growing: boolean;
  readonly failed_line: number | null;
  /** null: as before (of the stream), or not asked for. */
  readonly sections: readonly Section[] | null;
}

export type LinesAnswer = Stretch & Extent & { readonly next_line: number };

/** An event `log` of the stream: with lines where the watch named one. */
export type LogEvent = Extent & Partial<Stretch>;

export interface SearchAnswer {
  readonly lines: readonly number[];
  /** Where to go on, in bytes; null: all of it was searched. */
  readonly next_offset: number | null;
  readonly searched: number;
  readonly size: number;
}

/** Where a log comes from. Refusals and lost connections reject with an error whose message may be shown. */
export interface LogSource {
  /** `trace/lines`: `from` may be negative (from the end), `count` is at most 1,000. */
  lines(
    ask: { readonly from: number; readonly count: number; readonly sections: boolean },
    signal: AbortSignal,
  ): Promise<LinesAnswer>;
  /** `trace/search`, from a byte on. */
  search(ask: { readonly text: string; readonly from: number }, signal: AbortSignal): Promise<SearchAnswer>;
}

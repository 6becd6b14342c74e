import { type ReadonlySignal, signal } from '@preact/signals';
import type { LogSource } from './answers.ts';

/** Lines that are found at most: nobody walks through more, and the list stays small. */
const MAX_FOUND = 10_000;

export interface Found {
  readonly text: string;
  /** Lines with it, in their order. */
  readonly lines: readonly number[];
  /** 0…1 of the log. */
  readonly searched: number;
  /** Nothing more will come. */
  readonly isDone: boolean;
  readonly trouble: string | null;
}

export interface Search {
  readonly found: ReadonlySignal<Found | null>;
  /** Searches the whole log for a text, page after page; the search before is let go. '' ends it. */
  start(text: string): Promise<void>;
  stop(): void;
}

export function openSearch(source: LogSource): Search {
  const found = signal<Found | null>(null);
  let running = new AbortController();
  return {
    found,
    async start(text) {
      running.abort();
      running = new AbortController();
      const { signal: mine } = running;
      found.value = text === '' ? null : { text, lines: [], searched: 0, isDone: false, trouble: null };
      for (let from: number | null = 0; found.value !== null && from !== null && !mine.aborted; ) {
        const offset: number = from;
        try {
          const answer = await source.search({ text, from: offset }, mine);
          if (mine.aborted) return;
          from = answer.next_offset !== null && answer.next_offset > offset ? answer.next_offset : null;
          found.value = joined(found.value, answer.lines, from === null ? 1 : from / Math.max(1, answer.size));
          if (found.value.isDone) return;
        } catch (error) {
          if (!mine.aborted) {
            found.value = {
              ...found.value,
              isDone: true,
              trouble: error instanceof Error ? error.message : String(error),
            };
          }
          return;
        }
      }
    },
    stop() {
      running.abort();
      found.value = null;
    },
  };
}

function joined(before: Found, lines: readonly number[], searched: number): Found {
  const last = before.lines.at(-1) ?? -1;
  const all = [...before.lines, ...lines.filter((line) => line > last)].slice(0, MAX_FOUND);
  return { ...before, lines: all, searched, isDone: searched >= 1 || all.length >= MAX_FOUND };
}

/** The next line found after one (`step` 1) or before it (-1), around the ends; null: none was found. */
export function nextFound(lines: readonly number[], from: number, step: 1 | -1): number | null {
  if (lines.length === 0) return null;
  if (step === 1) return lines.find((line) => line > from) ?? lines[0] ?? null;
  return lines.findLast((line) => line < from) ?? lines.at(-1) ?? null;
}

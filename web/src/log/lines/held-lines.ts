import { plainText, type Run, readLine, styleAfter } from '../text/read-line.ts';
import { PLAIN, type Style } from '../text/style.ts';
import type { Stretch } from './answers.ts';

/** Lines of one window, which is what is asked for at once and dropped at once. */
export const WINDOW = 500;
/** Windows that are held: 20,000 lines. */
const MAX_WINDOWS = 40;

interface Window {
  readonly raw: (string | undefined)[];
  /** What is in force before each line that is held. */
  readonly before: (Style | undefined)[];
  /** Bytes that were left out of a line's beginning. */
  readonly cut: Map<number, number>;
  /** Lines as they were read once; the same line stays the same object until it is put anew. */
  readonly drawn: (HeldLine | undefined)[];
}

/** A line as it is drawn. */
export interface HeldLine {
  readonly runs: readonly Run[];
  /** Bytes that were left out of its beginning. */
  readonly cut: number;
}

/** The lines of a log that the page holds: windows of {@link WINDOW}, the one that was used longest ago goes first. */
export interface HeldLines {
  put(stretch: Stretch): void;
  /** Forgets all lines from one on. */
  dropFrom(line: number): void;
  line(line: number): HeldLine | null;
  /** Its text without escapes, as it is copied. */
  text(line: number): string | null;
  /** The first stretch of `[from, to)` that is not held and lies in one window. */
  missing(from: number, to: number): { readonly from: number; readonly count: number } | null;
}

export function holdLines(): HeldLines {
  const windows = new Map<number, Window>();

  /** The window of a line, as the one that was used last. */
  const use = (line: number): Window | undefined => {
    const number = Math.floor(line / WINDOW);
    const window = windows.get(number);
    if (window !== undefined && windows.delete(number)) windows.set(number, window);
    return window;
  };
  const open = (line: number): Window => {
    const window = use(line) ?? { raw: [], before: [], cut: new Map(), drawn: [] };
    windows.set(Math.floor(line / WINDOW), window);
    for (const oldest of windows.keys()) {
      if (windows.size <= MAX_WINDOWS) break;
      windows.delete(oldest);
    }
    return window;
  };

  return {
    put({ from, lines, cut, style }) {
      let before = styleAfter(style, PLAIN);
      for (const [i, raw] of lines.entries()) {
        const at = (from + i) % WINDOW;
        const window = open(from + i);
        window.before[at] = before;
        window.raw[at] = raw;
        window.cut.delete(at);
        window.drawn[at] = undefined;
        before = styleAfter(raw, before);
      }
      for (const { line, bytes } of cut) open(line).cut.set(line % WINDOW, bytes);
    },
    dropFrom(line) {
      for (const number of windows.keys()) if (number * WINDOW >= line) windows.delete(number);
      const window = windows.get(Math.floor(line / WINDOW));
      if (window === undefined) return;
      window.raw.length = Math.min(window.raw.length, line % WINDOW);
    },
    line(line) {
      const window = use(line);
      const raw = window?.raw[line % WINDOW];
      if (window === undefined || raw === undefined) return null;
      const at = line % WINDOW;
      const drawn = window.drawn[at] ?? {
        runs: readLine(raw, window.before[at] ?? PLAIN).runs,
        cut: window.cut.get(at) ?? 0,
      };
      window.drawn[at] = drawn;
      return drawn;
    },
    text(line) {
      const raw = use(line)?.raw[line % WINDOW];
      return raw === undefined ? null : plainText(raw);
    },
    missing: (from, to) => missing((line) => use(line)?.raw[line % WINDOW] !== undefined, Math.max(0, from), to),
  };
}

function missing(isHeld: (line: number) => boolean, from: number, to: number) {
  for (let line = from; line < to; line += 1) {
    if (isHeld(line)) continue;
    let end = Math.min((Math.floor(line / WINDOW) + 1) * WINDOW, to);
    while (end > line + 1 && isHeld(end - 1)) end -= 1;
    return { from: line, count: end - line };
  }
  return null;
}

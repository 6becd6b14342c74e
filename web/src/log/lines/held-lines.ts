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
    const window = use(line) ?? { raw: [], before: [], cut: new Map() };
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
        before = styleAfter(raw, before);
      }
      for (const { line, bytes } of cut) open(line).cut.set(line % WINDOW, bytes);
    },
    dropFrom(line) {
      for (const number of windows.keys()) if (number * WINDOW >= line) windows.delete(number);
      const window = windows.get(Math.floor(line / WINDOW));
      if (window !== undefined) window.raw.length = Math.min(window.raw.length, line % WINDOW);
    },
    line(line) {
      const window = use(line);
      const raw = window?.raw[line % WINDOW];
      if (window === undefined || raw === undefined) return null;
      const { runs } = readLine(raw, window.before[line % WINDOW] ?? PLAIN);
      return { runs, cut: window.cut.get(line % WINDOW) ?? 0 };
    },
    text(line) {
      const raw = use(line)?.raw[line % WINDOW];
      return raw === undefined ? null : plainText(raw);
    },
    missing(from, to) {
      for (let line = Math.max(0, from); line < to; line += 1) {
        if (use(line)?.raw[line % WINDOW] !== undefined) continue;
        let last = Math.min((Math.floor(line / WINDOW) + 1) * WINDOW, to);
        while (last > line + 1 && use(last - 1)?.raw[(last - 1) % WINDOW] !== undefined) last -= 1;
        return { from: line, count: last - line };
      }
      return null;
    },
  };
}

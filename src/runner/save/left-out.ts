import { warningLine } from '../log/sections.ts';

/** So many are named in the log; a tree of a million unreadable files is one line more. */
const NAMED = 20;

export interface LeftOut {
  /** For `Place.collect`. */
  readonly add: (path: string, reason: string) => void;
  /** Lines for the log; empty when nothing was left out. */
  lines(): string;
}

/** Collects what could not be kept, each path once. */
export function createLeftOut(): LeftOut {
  const reasons = new Map<string, string>();
  return {
    add: (path, reason) => reasons.set(path, reason),
    lines() {
      const named = [...reasons].slice(0, NAMED);
      const more = reasons.size - named.length;
      return [
        ...named.map(([path, reason]) => warningLine(`${showPath(path)} is left out: ${reason}`)),
        ...(more > 0 ? [warningLine(`${more} more files and directories are left out`)] : []),
      ].join('');
    },
  };
}

/** A file's name may hold a line feed or an escape that would move the cursor of whoever reads the log. */
function showPath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return /[\u0000-\u001f\u007f-\u009f]/.test(path) ? JSON.stringify(path) : path;
}

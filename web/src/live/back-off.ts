const FIRST_MS = 300;
const LONGEST_MS = 10_000;

/**
 * How long to wait before the stream is asked for again, in ms: 0.3 s at first, twice as long each time, 10 s at most; of that half or more by chance, so
 * that not everybody comes back to a server in the same instant.
 * @param failures in a row, from 0. @param wishMs what the server asked for; never less than that. @param chance from 0 to 1.
 */
export function backOff(failures: number, wishMs: number | null, chance: number): number {
  const spanMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(Math.min(wishMs ?? 0, 60_000), spanMs / 2 + (spanMs / 2) * chance);
}

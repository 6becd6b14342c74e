import { signal } from '@preact/signals';

/**
 * The page's clocks. What counts down does so by the monotonic one, from what the server said is left: the browser's wall clock may be
 * off, and only says of instants how they are called here.
 */

/** ms, never goes back. Stands still while the machine sleeps; what comes over the stream then sets it right. */
export function monotonicMs(): number {
  return performance.now();
}

/** The wall clock of the browser, ms since 1970. */
export function wallMs(): number {
  return Date.now();
}

/** Grows every second, for what shows time. */
export const second = signal(0);
setInterval(() => {
  second.value += 1;
}, 1000);

/** How far the server's clock is ahead of the monotonic one, ms. What was heard late, or is looked at late, says less than that. */
let aheadMs = Number.NEGATIVE_INFINITY;

/**
 * When on the monotonic clock a deadline is: `deadline` and `now` are the server's, of one answer. That may have come a while ago, as with
 * rows that are drawn when somebody scrolls to them: the most that any answer said is nearest to the truth.
 */
export function untilMs(deadline: string, now: string): number {
  aheadMs = Math.max(aheadMs, Date.parse(now) - monotonicMs());
  return Date.parse(deadline) - aheadMs;
}

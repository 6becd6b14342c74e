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

/** When on the monotonic clock a deadline is: `deadline` and `now` are the server's, of one answer. */
export function untilMs(deadline: string, now: string): number {
  return monotonicMs() + Date.parse(deadline) - Date.parse(now);
}

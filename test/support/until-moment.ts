import { setTimeout as pause } from 'node:timers/promises';

/** Lets time pass up to a moment of `performance.now()`. Only for moments that chance has drawn; who waits for a state polls for it. */
export async function untilMoment(at: number): Promise<void> {
  await pause(Math.max(0, at - performance.now()));
}

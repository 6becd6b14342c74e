import { setTimeout as pause } from 'node:timers/promises';

/** Polls until `probe` answers something other than undefined, null or false. @throws with `what` and the last answer at the deadline. */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() > giveUpAt)
      throw new Error(`waited ${deadlineMs} ms in vain: ${what} (last answer: ${String(answer)})`);
    await pause(10);
  }
}

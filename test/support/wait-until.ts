import { setTimeout as pause } from 'node:timers/promises';

const LEAST_PAUSE_MS = 10;
const MOST_PAUSE_MS = 100;
/** A look at all processes takes milliseconds: of the time that tests wait, no more than a tenth or so is spent on looking. */
const PAUSES_A_PROBE = 8;

/** Polls until `probe` answers something other than undefined, null or false. @throws with `what` and the last answer at the deadline. */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const asked = performance.now();
    const answer = await probe();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > giveUpAt)
      throw new Error(`waited ${deadlineMs} ms in vain: ${what} (last answer: ${String(answer)})`);
    const tookMs = performance.now() - asked;
    await pause(Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, PAUSES_A_PROBE * tookMs)));
  }
}

/** A second signal within 40 ms of the first counts as the same keystroke (npm passes on what the terminal has sent already). */
const CLEARLY_LATER_MS = 80;

/** Resolves when a signal sent from then on is another one than that which was seen to be heard before the call. */
export async function anotherKeystroke(): Promise<void> {
  const begun = performance.now();
  await waitUntil('it is another keystroke', () => performance.now() - begun > CLEARLY_LATER_MS);
}

import { setTimeout as pass } from 'node:timers/promises';

/** How fast a load goes. Nothing may be concluded from it: who waits for something to become true uses `waitUntil`. */
export async function pace(ms: number): Promise<void> {
  await pass(ms);
}

import type { Parts } from '../parts.ts';
import { OWN_HANDLERS } from '../work/outbox/handlers.ts';
import { workOffOne } from '../work/outbox/work-off.ts';

const MOST = 10_000;

/** Works off everything in the outbox that is due, and what comes of that. */
export async function settleOutbox(parts: Parts): Promise<void> {
  for (let done = 0; await workOffOne(parts, OWN_HANDLERS); done += 1) {
    if (done === MOST) throw new Error('the outbox does not come to an end');
  }
}

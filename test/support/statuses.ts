import type { Ended } from './checkout.ts';

/** How each job of a run ended, by name; of a job that was retried the last. */
export function statuses(ended: Ended): Record<string, string> {
  return Object.fromEntries(
    ended.events.flatMap((event) => (event.type === 'job_finished' ? [[event.name, event.status]] : [])),
  );
}

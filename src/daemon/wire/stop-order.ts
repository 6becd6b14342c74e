/** Who asked, where a coordinator does not say: nobody may have, its lease has lapsed. */
export const UNSAID = 'coordinator';

/** Why a coordinator wants a job to end, and who asked for it. */
export interface StopOrder {
  readonly cause: 'canceled' | 'superseded' | 'timed_out';
  readonly by: string;
}

/** From whatever it said of them; GitLab says nothing. */
export function readStopOrder(cause: unknown, by: unknown): StopOrder {
  return {
    cause: cause === 'superseded' || cause === 'timed_out' ? cause : 'canceled',
    by: typeof by === 'string' && by !== '' ? by : UNSAID,
  };
}

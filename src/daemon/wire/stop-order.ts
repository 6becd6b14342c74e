/** Who asked, where a server does not say: nobody may have, its lease has lapsed. */
export const UNSAID = 'coordinator';

/** Why a server wants a job to end, and who asked for it. */
export interface StopOrder {
  readonly cause: 'canceled' | 'superseded' | 'timed_out' | 'runner_lost' | 'evicted';
  readonly by: string;
  /** A person has forced the job at our coordinator: its cleanup is skipped. Nothing else skips one. */
  readonly isForced: boolean;
}

const CAUSES: readonly unknown[] = ['canceled', 'superseded', 'timed_out', 'runner_lost', 'evicted'];

/** From whatever it said of them. @param otherwise the cause where none of these was said; GitLab never says one */
export function readStopOrder(
  { cause, by, force }: { readonly cause?: unknown; readonly by?: unknown; readonly force?: unknown },
  otherwise: StopOrder['cause'] = 'canceled',
): StopOrder {
  return {
    cause: CAUSES.includes(cause) ? (cause as StopOrder['cause']) : otherwise,
    by: typeof by === 'string' && by !== '' ? by : UNSAID,
    isForced: force === true || force === '1',
  };
}

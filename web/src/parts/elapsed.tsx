import { useMemo } from 'preact/hooks';
import { monotonicMs, second, untilMs } from '../state/clock.ts';
import { lostAtMs } from '../state/stream.ts';
import { clockWords } from '../words/time.ts';

interface ElapsedProps {
  /** Null: it has not begun, and there is nothing to show. */
  readonly since: string | null;
  /** Null: it goes on. */
  readonly until: string | null;
  /** The coordinator's clock, when it said so. */
  readonly now: string;
}

interface JobTookProps {
  /** `duration`: s, so far, when the coordinator said so. */
  readonly job: {
    readonly started_at: string | null;
    readonly finished_at: string | null;
    readonly duration: number | null;
  };
}

/** How long a job took, or has taken so far. */
export function JobTook({ job: { started_at: since, finished_at: until, duration } }: JobTookProps) {
  // What the coordinator's clock showed.
  const now = since === null || duration === null ? '' : new Date(Date.parse(since) + duration * 1000).toISOString();
  return now === '' ? null : <Elapsed since={since} until={until} now={now} />;
}

/** How long something took, or has taken so far. Stands still while nothing is heard. */
export function Elapsed({ since, until, now }: ElapsedProps) {
  const beganMs = useMemo(() => untilMs(since ?? now, now), [since, now]);
  if (since === null) return null;
  if (until !== null) return <span class="number">{clockWords((Date.parse(until) - Date.parse(since)) / 1000)}</span>;
  second.value;
  const atMs = lostAtMs.value ?? monotonicMs();
  return <span class="number">{clockWords((atMs - beganMs) / 1000)}</span>;
}

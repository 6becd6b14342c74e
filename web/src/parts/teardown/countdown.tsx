import { useMemo } from 'preact/hooks';
import { monotonicMs, second, untilMs } from '../../state/clock.ts';
import { lostAtMs } from '../../state/stream.ts';
import { clockWords, spokenWords } from '../../words/time.ts';

interface CountdownProps {
  readonly deadline: string;
  /** The server's clock when it said so. */
  readonly now: string;
  /** What ends then: `ENDS`. */
  readonly title: string;
  /** Says it aloud when it begins, at a minute and at the end. One of a page. */
  readonly isTold?: boolean;
}

/** Counts down to what the coordinator has set, by a clock that nobody sets. Stands still while nothing is heard: what ends there is not known. */
export function Countdown({ deadline, now, title, isTold = false }: CountdownProps) {
  second.value;
  // Anew with each word of the server, also when only its clock has gone on.
  const until = useMemo(() => untilMs(deadline, now), [deadline, now]);
  const atMs = lostAtMs.value ?? monotonicMs();
  const left = Math.max(0, Math.ceil((until - atMs) / 1000));
  const first = useMemo(() => left, [deadline]);
  if (left === 0)
    return <span role={isTold ? 'status' : undefined}>the time is over, waiting for the coordinator</span>;
  return (
    <>
      <span role="timer" class="number" title={title}>
        {clockWords(left)}
      </span>
      {isTold && (
        <span class="heard" role="status">
          {left > 60 ? `at most ${spokenWords(first)} left` : 'at most one minute left'}
        </span>
      )}
    </>
  );
}

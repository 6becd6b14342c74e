import { useMemo } from 'preact/hooks';
import { monotonicMs, second, untilMs } from '../../state/clock.ts';
import { lostAtMs } from '../../state/stream.ts';
import type { Obligation } from '../../words/obligation.ts';
import { clockWords } from '../../words/time.ts';

/** At most so much longer; stands still while nothing is heard of the coordinator. */
export function TimeLeft({ teardown }: { readonly teardown: NonNullable<Obligation['teardown']> }) {
  second.value;
  const { deadline, now } = teardown;
  const until = useMemo(() => (deadline === null || now === null ? 0 : untilMs(deadline, now)), [deadline, now]);
  const left = Math.ceil((until - (lostAtMs.value ?? monotonicMs())) / 1000);
  if (deadline === null || now === null) return null;
  if (left <= 0) return <>The time is over, waiting for the coordinator. </>;
  return (
    <>
      At most <span class="number">{clockWords(left)}</span> more.{' '}
    </>
  );
}

import type { AnswerOf } from '../../api/call.ts';
import { OBLIGATION_WORDS, type ObligationState } from '../../words/obligation.ts';
import { addressWith } from './address-with.ts';

interface SumsProps {
  readonly sums: AnswerOf<'GET /api/v4/obligations/sums'>;
  readonly query: URLSearchParams;
}

const STATES = Object.keys(OBLIGATION_WORDS) as readonly ObligationState[];

function Met({ sums: { met, ended, days } }: Pick<SumsProps, 'sums'>) {
  if (ended === 0) return <>No cleanup has ended in the last {days} days.</>;
  return (
    <>
      <strong class="number">{met.toLocaleString('en')}</strong> of{' '}
      <strong class="number">{ended.toLocaleString('en')}</strong> {ended === 1 ? 'cleanup' : 'cleanups'} succeeded in
      the last {days} days.
    </>
  );
}

/** Met of ended in one line, and below it what is not: each number is a filter. */
export function Sums({ sums, query }: SumsProps) {
  const chosen = query.get('state');
  const isAll = query.get('settled') === 'true';
  return (
    <>
      <p class="obligations-met">
        <Met sums={sums} />
      </p>
      <nav class="obligations-filter" aria-label="Filter">
        {STATES.map((state) => (
          <a
            key={state}
            class="button"
            data-hue={sums[state] > 0 ? OBLIGATION_WORDS[state].hue : undefined}
            aria-current={chosen === state ? 'true' : undefined}
            href={addressWith(query, 'state', chosen === state ? null : state)}
          >
            {OBLIGATION_WORDS[state].word} <span class="number">{sums[state].toLocaleString('en')}</span>
          </a>
        ))}
        <a class="obligations-settled" href={addressWith(query, 'settled', isAll ? null : 'true')}>
          {isAll ? 'Hide settled' : 'Show settled too'}
        </a>
      </nav>
    </>
  );
}

import type { AnswerOf } from '../../api/call.ts';
import { OBLIGATION_WORDS, type ObligationState } from '../../words/obligation.ts';
import { addressWith } from './address-with.ts';

interface SumsProps {
  readonly sums: AnswerOf<'GET /api/v4/obligations/sums'>;
  readonly query: URLSearchParams;
}

const STATES = Object.keys(OBLIGATION_WORDS) as readonly ObligationState[];

/** Met of ended in one line, and below it what is not: each number is a filter. */
export function Sums({ sums, query }: SumsProps) {
  const chosen = query.get('state');
  const isAll = query.get('settled') === 'true';
  return (
    <>
      <p class="obligations-met">
        <strong class="number">{sums.met.toLocaleString('en')}</strong> of{' '}
        <strong class="number">{sums.ended.toLocaleString('en')}</strong> cleanups succeeded in the last {sums.days}{' '}
        days.
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

import { CLEANUP_WORDS } from '../../words/teardown.ts';
import { type CleanupFacts, recordWords } from './teardown-words.ts';
import './teardown.css';

/** A broom, beside a status and never instead of it: a cleanup that did not end well. Nothing where it did. */
export function CleanupMark({
  cleanup,
  withWord = false,
}: {
  readonly cleanup: CleanupFacts | null;
  readonly withWord?: boolean;
}) {
  const outcome = cleanup?.outcome ?? null;
  if (outcome === null || CLEANUP_WORDS[outcome].isGood) return null;
  const { word } = CLEANUP_WORDS[outcome];
  return (
    <span class="cleanup-mark" data-hue="bad" title={recordWords(cleanup) ?? word}>
      <Broom isHollow={outcome === 'lost'} />
      <span class={withWord ? undefined : 'heard'}>{word}</span>
    </span>
  );
}

export function Broom({ isHollow = false }: { readonly isHollow?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" class={isHollow ? 'broom hollow' : 'broom'}>
      <path class="stick" d="M14 2 8.6 7.4" />
      <path d="M8.2 5.6 10.4 7.8 7 14.2 1.8 9Z" />
    </svg>
  );
}

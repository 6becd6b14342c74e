import { second, wallMs } from '../state/clock.ts';
import { agoWords, instantWords, startsWords } from '../words/time.ts';

/** How long ago an instant was; the instant itself on hover. */
export function Ago({ at }: { readonly at: string }) {
  second.value;
  return (
    <time dateTime={at} title={instantWords(at)}>
      {agoWords(Date.parse(at), wallMs())}
    </time>
  );
}

/** When something will begin by itself. */
export function Starts({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={instantWords(at)}>
      {startsWords(at, wallMs())}
    </time>
  );
}

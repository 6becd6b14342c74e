import { second, wallMs } from '../state/clock.ts';
import { agoWords } from '../words/time.ts';

/** How long ago an instant was; the instant itself on hover. */
export function Ago({ at }: { readonly at: string }) {
  second.value;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {agoWords(Date.parse(at), wallMs())}
    </time>
  );
}

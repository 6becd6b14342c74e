import { useState } from 'preact/hooks';
import type { Result } from '../api/call.ts';
import { useAsk } from './use-ask.ts';

interface PressTwiceProps {
  readonly word: string;
  /** Of the second press: `Remove for good`. */
  readonly sure: string;
  /** What it is done to, for ears. */
  readonly of: string;
  /** What will be otherwise then, said before it is. */
  readonly stake: string;
  readonly deed: () => Promise<Result<unknown>>;
  /** It was done, or refused: what is shown may be old. */
  readonly onDone: () => void;
}

/** The first press says what the second will do. It is off again when one goes elsewhere. */
export function PressTwice({ word, sure, of, stake, deed, onDone }: PressTwiceProps) {
  const [isSure, setSure] = useState(false);
  const { isAsking, refusal, ask } = useAsk();
  const press = async (clicks: number): Promise<void> => {
    // The second click of a double one has read nothing.
    if (clicks > 1) return;
    if (!isSure) {
      setSure(true);
      return;
    }
    await ask(deed);
    setSure(false);
    onDone();
  };
  return (
    <>
      <button
        type="button"
        data-hue={isSure ? 'bad' : undefined}
        aria-disabled={isAsking}
        onClick={(event) => void press(event.detail)}
        onBlur={() => setSure(false)}
      >
        {isAsking ? 'asking…' : isSure ? sure : word}
        <span class="heard"> {of}</span>
      </button>
      <p class="stake" role="status">
        {isSure && stake}
      </p>
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}

import { useState } from 'preact/hooks';
import type { Result } from '../../api/call.ts';
import { live } from '../../state/stream.ts';

export type Asking =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly isForced: boolean }
  /** No answer came: it may have been heard. */
  | { readonly kind: 'unheard'; readonly isForced: boolean }
  | { readonly kind: 'refused'; readonly message: string };

/** A browser has six connections to a host, and each of its windows may hold one for its stream. */
const LET_GO_MS = 3_000;

/** Asks for a cancel, and says how that stands. What became of it is what the server says of the job or pipeline, not this. */
export function useCancel(ask: (isForced: boolean) => Promise<Result<unknown>>): {
  readonly asking: Asking;
  readonly cancel: (isForced: boolean) => Promise<void>;
} {
  const [asking, setAsking] = useState<Asking>({ kind: 'idle' });
  const cancel = async (isForced: boolean): Promise<void> => {
    setAsking({ kind: 'asking', isForced });
    let takeBack = (): void => {};
    const waiting = setTimeout(() => {
      takeBack = live.letGo();
    }, LET_GO_MS);
    const result = await ask(isForced);
    clearTimeout(waiting);
    takeBack();
    setAsking(outcomeOf(result, isForced));
  };
  return { asking, cancel };
}

function outcomeOf(result: Result<unknown>, isForced: boolean): Asking {
  if (result.ok) return { kind: 'idle' };
  const { status, message } = result.problem;
  return status === 0 ? { kind: 'unheard', isForced } : { kind: 'refused', message };
}

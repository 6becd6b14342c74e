import { useState } from 'preact/hooks';
import type { Result } from '../../api/call.ts';

export type Asking =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly isForced: boolean }
  /** No answer came: it may have been heard. */
  | { readonly kind: 'unheard'; readonly isForced: boolean }
  | { readonly kind: 'refused'; readonly message: string };

/** Asks for a cancel, and says how that stands. What became of it is what the server says of the job or pipeline, not this. */
export function useCancel(ask: (isForced: boolean) => Promise<Result<unknown>>): {
  readonly asking: Asking;
  readonly cancel: (isForced: boolean) => Promise<void>;
} {
  const [asking, setAsking] = useState<Asking>({ kind: 'idle' });
  const cancel = async (isForced: boolean): Promise<void> => {
    setAsking({ kind: 'asking', isForced });
    setAsking(outcomeOf(await ask(isForced), isForced));
  };
  return { asking, cancel };
}

function outcomeOf(result: Result<unknown>, isForced: boolean): Asking {
  if (result.ok) return { kind: 'idle' };
  const { status, message } = result.problem;
  return status === 0 ? { kind: 'unheard', isForced } : { kind: 'refused', message };
}

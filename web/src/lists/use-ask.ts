import { useState } from 'preact/hooks';
import type { Result } from '../api/call.ts';

export interface Asking {
  readonly isAsking: boolean;
  /** Why the last one was refused; null: it was not. */
  readonly refusal: string | null;
  /** One at a time. @returns what was answered; null: it was refused, or another one is under way */
  readonly ask: <T>(deed: () => Promise<Result<T>>) => Promise<{ readonly value: T } | null>;
}

/** A write of which is shown that it is under way, and why it was refused. */
export function useAsk(): Asking {
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const ask: Asking['ask'] = async (deed) => {
    if (isAsking) return null;
    setAsking(true);
    const answer = await deed();
    setAsking(false);
    setRefusal(answer.ok ? null : answer.problem.message);
    return answer.ok ? { value: answer.value } : null;
  };
  return { isAsking, refusal, ask };
}

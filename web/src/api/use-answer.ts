import { useEffect, useState } from 'preact/hooks';
import { type AnswerOf, call, type Given, type Result, type RouteKey } from './call.ts';

/** `loading` also while a next answer is awaited: `value` is then what the one before said. */
export interface Answered<T> {
  readonly result: Result<T> | null;
  readonly isLoading: boolean;
  /** Asks again, and keeps what is there until the answer has come. */
  readonly again: () => void;
}

/** What a route says, asked when the view comes and whenever `given` is another; the wait ends when the view goes. */
export function useAnswer<K extends RouteKey>(key: K, given: Given<K>): Answered<AnswerOf<K>> {
  const [result, setResult] = useState<Result<AnswerOf<K>> | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const asked = `${turn} ${key} ${JSON.stringify(given)}`;
  useEffect(() => {
    const leave = new AbortController();
    setLoading(true);
    void call(key, { ...given, signal: leave.signal }).then((answer) => {
      if (leave.signal.aborted) return;
      setResult(answer);
      setLoading(false);
    });
    return () => leave.abort();
  }, [asked]);
  return { result, isLoading, again: () => setTurn(turn + 1) };
}

import type { Parts } from '../parts.ts';
import type { HandOut, RunnerAsking } from './hand-out-types.ts';

/** Hands a waiting job to a runner, or the cleanup of one whose runner was lost; null: none now. One turn: whoever polls asks again when the hint `work` comes. */
export async function handOut(
  _parts: Parts,
  _runner: RunnerAsking,
  _options: { readonly signal: AbortSignal },
): Promise<HandOut | null> {
  throw new Error('bug: not built yet');
}

/** The answer did not reach its runner, and cannot have: the job waits again. */
export async function giveBack(_parts: Parts, _handOut: HandOut): Promise<void> {
  throw new Error('bug: not built yet');
}

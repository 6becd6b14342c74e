import { isObject } from './job-record.ts';
import type { Move } from './move.ts';

/**
 * One line of `moves.jsonl`. `unknown`: a later version of the program wrote it, and whoever does not know it can do without.
 * `damaged`: torn by a crash, or spoilt since.
 */
export function parseMove(line: string): Move | 'unknown' | 'damaged' {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return 'damaged';
  }
  if (!isObject(content) || typeof content.at !== 'number' || typeof content.move !== 'string') return 'damaged';
  const isWhole = Object.hasOwn(WHOLE, content.move) ? WHOLE[content.move as Move['move']] : undefined;
  if (isWhole === undefined) return 'unknown';
  return isWhole(content) ? (content as unknown as Move) : 'damaged';
}

type Fields = Readonly<Record<string, unknown>>;

/** What readers of a move go by. */
const WHOLE: Readonly<Record<Move['move'], (fields: Fields) => boolean>> = {
  accepted: ({ bootMs }) => isNumberIfThere(bootMs),
  obligation_opened: () => true,
  step_started: ({ step, bootMs }) => typeof step === 'string' && isNumberIfThere(bootMs),
  step_ended: ({ step, code }) => typeof step === 'string' && (code === null || typeof code === 'number'),
  teardown_begun: ({ cause }) => typeof cause === 'string',
  canceled: ({ by }) => typeof by === 'string',
  forced: ({ by, why }) => typeof by === 'string' && typeof why === 'string',
  tree_dead: () => true,
  cleanup_started: ({ attempt, ...numbers }) =>
    typeof attempt === 'number' && [numbers.vanished, numbers.usedMs, numbers.upMs].every(isNumberIfThere),
  cleanup_failed: ({ attempt, code, failed, usedMs }) => [attempt, code, failed, usedMs].every(Number.isFinite),
  cleanup_extended: ({ extraMs }) => Number.isFinite(extraMs),
  cleanup_ended: ({ cleanup }) => isObject(cleanup) && typeof cleanup.outcome === 'string',
  saved: ({ artifacts, invalid }) => Array.isArray(artifacts) && (invalid === undefined || typeof invalid === 'string'),
  kept: ({ index, artifact }) => typeof index === 'number' && isObject(artifact),
  finished: ({ result }) => isObject(result) && typeof result.status === 'string' && isObject(result.cleanup),
};

function isNumberIfThere(value: unknown): boolean {
  return value === undefined || typeof value === 'number';
}

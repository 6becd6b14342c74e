import { invariant } from '../../base/index.ts';
import { STATUSES, type Status } from '../../protocol/index.ts';

/** What a job counts as in a sum. `warn`: it failed or was canceled, and may. `ignored`: manual, and nobody need play it. */
export const TOKENS = [...STATUSES, 'warn', 'ignored'] as const;
export type Token = (typeof TOKENS)[number];

export function tokenOf(status: Status, allowFailure: boolean): Token {
  if (!allowFailure) return status;
  if (status === 'failed' || status === 'canceled') return 'warn';
  return status === 'manual' ? 'ignored' : status;
}

const DONE: ReadonlySet<Token> = new Set(['success', 'failed', 'canceled', 'skipped', 'warn', 'ignored']);

/** Nothing after the job has to wait for it any longer. */
export function isDone(token: Token): boolean {
  return DONE.has(token);
}

export interface RollUpRule {
  /** `only`: every token is in the list. `any`: at least one is. */
  readonly fits: 'only' | 'any';
  readonly tokens: readonly Token[];
  readonly result: Status;
  /** Holds only for the jobs that another one needs. */
  readonly needsOnly?: true;
}

/** The sum of many jobs: the first rule that fits wins, `failed` if none does. Source: GitLab's composite status. */
export const ROLL_UP: readonly RollUpRule[] = [
  { fits: 'any', tokens: ['skipped', 'ignored'], result: 'skipped', needsOnly: true },
  { fits: 'only', tokens: ['skipped', 'ignored'], result: 'skipped' },
  { fits: 'only', tokens: ['success', 'skipped', 'warn', 'ignored'], result: 'success' },
  { fits: 'only', tokens: ['created', 'warn', 'ignored'], result: 'created' },
  { fits: 'only', tokens: ['canceled', 'success', 'skipped', 'warn', 'ignored'], result: 'canceled' },
  { fits: 'only', tokens: ['pending', 'created', 'skipped', 'warn', 'ignored'], result: 'pending' },
  { fits: 'any', tokens: ['running', 'pending'], result: 'running' },
  { fits: 'any', tokens: ['waiting_for_resource'], result: 'waiting_for_resource' },
  { fits: 'any', tokens: ['manual'], result: 'manual' },
  { fits: 'any', tokens: ['scheduled'], result: 'scheduled' },
  { fits: 'any', tokens: ['created'], result: 'running' },
  { fits: 'any', tokens: ['canceling'], result: 'canceling' },
];

/** A set of tokens as bits, so that sums over thousands of jobs cost one number. */
export type TokenSet = number;

const BITS = new Map<Token, TokenSet>(TOKENS.map((token, index) => [token, 1 << index]));

export function bitOf(token: Token): TokenSet {
  const bit = BITS.get(token);
  invariant(bit !== undefined, `unknown token ${token}`);
  return bit;
}

const COMPILED = ROLL_UP.map((rule) => ({
  ...rule,
  bits: rule.tokens.reduce((bits, token) => bits | bitOf(token), 0),
}));

/** No jobs at all count as success. `mode: needs` is for the jobs that one job needs, `stage` for everything else. */
export function rollUp(tokens: TokenSet, mode: 'stage' | 'needs' = 'stage'): Status {
  if (tokens === 0) return 'success';
  for (const rule of COMPILED) {
    if (rule.needsOnly && mode !== 'needs') continue;
    const fits = rule.fits === 'only' ? (tokens & ~rule.bits) === 0 : (tokens & rule.bits) !== 0;
    if (fits) return rule.result;
  }
  return 'failed';
}

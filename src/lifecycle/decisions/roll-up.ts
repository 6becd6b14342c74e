import { invariant } from '../../base/index.ts';
import { STATUSES, type Status } from '../../protocol/index.ts';

/** What a job counts as in a sum of jobs. `warn`: it failed or was canceled, and may. `ignored`: manual, and nobody need play it. */
export const COUNTED = [...STATUSES, 'warn', 'ignored'] as const;
export type Counted = (typeof COUNTED)[number];

export function countedAs(status: Status, allowFailure: boolean): Counted {
  if (!allowFailure) return status;
  if (status === 'failed' || status === 'canceled') return 'warn';
  return status === 'manual' ? 'ignored' : status;
}

const DONE: ReadonlySet<Counted> = new Set(['success', 'failed', 'canceled', 'skipped', 'warn', 'ignored']);

/** Nothing after the job has to wait for it any longer. */
export function isDone(kind: Counted): boolean {
  return DONE.has(kind);
}

export interface RollUpRule {
  /** `only`: every job counts as something in the list. `any`: at least one is. */
  readonly fits: 'only' | 'any';
  readonly counted: readonly Counted[];
  readonly result: Status;
  /** Holds only for the jobs that another one needs. */
  readonly needsOnly?: true;
}

/** The sum of many jobs: the first rule that fits wins, `failed` if none does. Source: GitLab's composite status. */
export const ROLL_UP: readonly RollUpRule[] = [
  { fits: 'any', counted: ['skipped', 'ignored'], result: 'skipped', needsOnly: true },
  { fits: 'only', counted: ['skipped', 'ignored'], result: 'skipped' },
  { fits: 'only', counted: ['success', 'skipped', 'warn', 'ignored'], result: 'success' },
  { fits: 'only', counted: ['created', 'warn', 'ignored'], result: 'created' },
  { fits: 'only', counted: ['canceled', 'success', 'skipped', 'warn', 'ignored'], result: 'canceled' },
  { fits: 'only', counted: ['pending', 'created', 'skipped', 'warn', 'ignored'], result: 'pending' },
  { fits: 'any', counted: ['running', 'pending'], result: 'running' },
  { fits: 'any', counted: ['waiting_for_resource'], result: 'waiting_for_resource' },
  { fits: 'any', counted: ['manual'], result: 'manual' },
  { fits: 'any', counted: ['scheduled'], result: 'scheduled' },
  { fits: 'any', counted: ['created'], result: 'running' },
  { fits: 'any', counted: ['canceling'], result: 'canceling' },
];

/** A set of kinds as bits, so that sums over thousands of jobs cost one number. */
export type CountedSet = number;

const BITS = new Map<Counted, CountedSet>(COUNTED.map((kind, index) => [kind, 1 << index]));

export function bitOf(kind: Counted): CountedSet {
  const bit = BITS.get(kind);
  invariant(bit !== undefined, `unknown kind ${kind}`);
  return bit;
}

const COMPILED = ROLL_UP.map((rule) => ({
  ...rule,
  bits: rule.counted.reduce((bits, kind) => bits | bitOf(kind), 0),
}));

/** No jobs at all count as success. `mode: needs` is for the jobs that one job needs, `stage` for everything else. */
export function rollUp(counted: CountedSet, mode: 'stage' | 'needs' = 'stage'): Status {
  if (counted === 0) return 'success';
  for (const rule of COMPILED) {
    if (rule.needsOnly && mode !== 'needs') continue;
    const fits = rule.fits === 'only' ? (counted & ~rule.bits) === 0 : (counted & rule.bits) !== 0;
    if (fits) return rule.result;
  }
  return 'failed';
}

import { isExecuting, isFinished, type Phase, STATUSES, type Status } from '../../../protocol/index.ts';
import type { JobEvent, Refusal, Trigger } from '../job-event.ts';
import type { HandOut, JobSpec, JobState } from '../job-state.ts';

/**
 * One row of the table of moves. A row fits when trigger, kind, status, phase, hand-out and precondition all fit; the first row that
 * fits decides. Rows are data and small named functions that can say in words what they do, because docs/lifecycle.md is
 * printed from them.
 */
export interface MoveRow {
  /** Unique, kebab-case; traces, tests and the docs name moves by it. */
  readonly id: string;
  readonly on: readonly Trigger[];
  /** Left out: both kinds. */
  readonly kind?: JobSpec['kind'];
  readonly from: readonly Status[];
  /** Left out: any, null included. */
  readonly phases?: readonly Phase[];
  /** Left out: any. */
  readonly handOuts?: readonly HandOut[];
  readonly precondition?: Precondition;
  readonly outcome: MoveOutcome;
  readonly why: string;
}

export type MoveOutcome =
  | {
      readonly kind: 'move';
      /** `same`: the status stays. */
      readonly to: Status | 'same' | StatusChoice;
      readonly phase: Phase | 'same' | null;
      readonly changes: readonly Change[];
      readonly effects: readonly EffectName[];
    }
  /** Understood, nothing to do. */
  | { readonly kind: 'ignore' }
  | { readonly kind: 'refuse'; readonly reason: Refusal };

/** Effects that a row names. `changed`, `claimable`, `start_child` and `finished` follow from the new status by themselves. */
export type EffectName = 'stop' | 'abort' | 'offer_cleanup' | 'cancel_child';

/** What preconditions, changes and choices of status look at. */
export interface Moment {
  readonly job: JobState;
  readonly event: JobEvent;
  readonly now: number;
}

export interface Precondition {
  readonly says: string;
  readonly holds: (moment: Moment) => boolean;
}

export interface Change {
  readonly says: string;
  readonly make: (moment: Moment) => Partial<JobState>;
}

/** A target status that depends on how things stand. */
export interface StatusChoice {
  readonly says: string;
  readonly oneOf: readonly Status[];
  readonly decide: (moment: Moment) => Status;
}

export type MoveTable = readonly MoveRow[];

export const EXECUTING: readonly Status[] = STATUSES.filter(isExecuting);
export const FINISHED: readonly Status[] = STATUSES.filter(isFinished);
/** No runner has it yet. */
export const WAITING: readonly Status[] = STATUSES.filter((status) => !isExecuting(status) && !isFinished(status));

/** Shorthand for the common kind of row outcome. */
export function moveTo(
  to: Status | 'same' | StatusChoice,
  rest: {
    readonly phase?: Phase | 'same' | null;
    readonly changes?: readonly Change[];
    readonly effects?: readonly EffectName[];
  } = {},
): MoveOutcome {
  return { kind: 'move', to, phase: rest.phase ?? null, changes: rest.changes ?? [], effects: rest.effects ?? [] };
}

export const ignore: MoveOutcome = { kind: 'ignore' };

export function refuse(reason: Refusal): MoveOutcome {
  return { kind: 'refuse', reason };
}

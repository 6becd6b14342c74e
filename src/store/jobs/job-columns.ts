import type { JobRow } from '../../lifecycle/index.ts';
import { type Bit, bit, fromJson, toJson } from '../schema/json.ts';

/** Everything of the lifecycle's state, without what the plan says anyway. */
export type StoredState = JobRow['state'];

/** The columns that say again what the state says, for lists and sweeps. This is the one place that derives them. */
export interface StateColumns {
  readonly state: string;
  readonly status: string;
  readonly phase: string | null;
  readonly attempt: number;
  readonly is_owed: Bit;
  readonly cleanup_outcome: string | null;
  readonly failure_reason: string | null;
  readonly exit_code: number | null;
  readonly queued_at: number | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

export function columnsOf(state: StoredState): StateColumns {
  return {
    state: toJson(state),
    status: state.status,
    phase: state.phase,
    attempt: state.attempt,
    is_owed: bit(state.owed),
    cleanup_outcome: state.cleanup?.outcome ?? null,
    failure_reason: state.failureReason,
    exit_code: state.exitCode,
    queued_at: state.queuedAt,
    started_at: state.startedAt,
    finished_at: state.finishedAt,
  };
}

export function stateOf(column: string): StoredState {
  // What was stored before teardowns could be put off says nothing of that.
  return { extendedMs: 0, ...fromJson<Omit<StoredState, 'extendedMs'>>(column) };
}

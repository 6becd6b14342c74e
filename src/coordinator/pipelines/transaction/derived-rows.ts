import { DEFAULT_POLICY, type JobState, nextDue } from '../../../lifecycle/index.ts';

/** Which rows beside its own a job has. They follow from its state alone, so they can be compared with it at any time. */
export interface DerivedRows {
  /** It waits in a lane of this kind. */
  readonly queue: { readonly kind: 'job' | 'cleanup'; readonly since: number } | null;
  /** When it has to be sent a tick. */
  readonly wakeAt: number | null;
  /** The attempt that holds it, whose token is good. */
  readonly attempt: number | null;
}

export const NO_ROWS: DerivedRows = { queue: null, wakeAt: null, attempt: null };

export function derivedRows(state: Omit<JobState, 'spec'>, kind: 'script' | 'trigger'): DerivedRows {
  if (kind === 'trigger') return { ...NO_ROWS, wakeAt: wakeOf(state) };
  const isHeld = state.handOut === 'job' || state.handOut === 'cleanup';
  return { queue: queueOf(state), wakeAt: wakeOf(state), attempt: isHeld ? state.attempt : null };
}

function queueOf({ status, queuedAt, handOut, deadline }: Omit<JobState, 'spec'>): DerivedRows['queue'] {
  if (status === 'pending') return { kind: 'job', since: queuedAt ?? 0 };
  // The offer's deadline is the only trace of when it began.
  if (handOut === 'cleanup_offered') return { kind: 'cleanup', since: (deadline ?? 0) - DEFAULT_POLICY.cleanupOfferMs };
  return null;
}

/** `nextDue` asks nothing of the spec. */
function wakeOf(state: Omit<JobState, 'spec'>): number | null {
  return nextDue(state as JobState);
}

import { type Clock, describeError } from '../../base/index.ts';
import type { RunEvent } from '../run-event.ts';
import type { RunDirectory } from '../runs/run-directory.ts';
import { markTold, readEnding, wasTold } from '../runs/run-ending.ts';

export interface Telling {
  /** For a guard nobody is listening. */
  readonly by: 'run' | 'guard' | 'recover';
  readonly emit: (event: RunEvent) => void;
  readonly clock: Clock;
}

/** Tells, once, how a run ended that somebody else than itself had to finish. @returns whether there was something to tell. */
export function tellEnding(run: RunDirectory, { by: listener, emit, clock }: Telling): boolean {
  const ending = readEnding(run);
  if (ending === null || wasTold(run) || listener === 'guard') return false;
  const { by, jobs } = ending;
  if (jobs.length > 0) emit({ type: 'run_recovered', at: clock.now(), run: String(run.record.id), by, jobs });
  try {
    markTold(run);
  } catch (error) {
    const text = `run ${run.record.id} will be told of again: ${describeError(error)}`;
    emit({ type: 'message', at: clock.now(), level: 'warning', text });
  }
  return jobs.length > 0;
}

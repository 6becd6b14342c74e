import { describeError, Failure } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { MoveInput } from './journal.ts';

/**
 * Writes down a move of a teardown. A journal that cannot be written any more is no reason to drop a cleanup: the move then counts
 * for this process alone, and somebody is told.
 * @returns whether the move is on the disk.
 */
export function record(run: JobRun, move: MoveInput): boolean {
  try {
    run.journal.append(move);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    run.journal.assume(move);
    run.ports.trouble(`${run.payload.job_info.name}: ${describeError(error)}; the teardown goes on`);
    return false;
  }
}

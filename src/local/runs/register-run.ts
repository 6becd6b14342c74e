import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, errorCode, makeDirectory, quoteWord, writeDurably } from '../../base/index.ts';
import type { RunDirectory } from './run-directory.ts';

/**
 * Puts a run down with the job of another run that it was started in (`EPILOGUE_NESTED_RUNS`): as a script that recovers it. That job's
 * teardown runs it when this run is dead and has not struck itself off the list. Nothing to do for a run that is in no job.
 * @param recover the command line that recovers this run.
 * @returns why it could not be; the run is then torn down like any other process of that job.
 */
export function registerRun(run: RunDirectory, recover: readonly string[]): string | null {
  const { outerJob } = run.record;
  if (outerJob === null) return null;
  // What the job's steps have in their environment need not be what this run was started with.
  const places = { XDG_STATE_HOME: dirname(run.paths.state), XDG_CACHE_HOME: dirname(run.paths.cache) };
  const assignments = Object.entries(places).map(([name, value]) => `${name}=${quoteWord(value)}`);
  try {
    makeDirectory(outerJob, 0o700);
    const script = `${assignments.join(' ')} exec ${recover.map(quoteWord).join(' ')}\n`;
    writeDurably(join(outerJob, String(run.record.id)), script, false);
    return null;
  } catch (error) {
    return `this run could not be put down with the job around it: ${describeError(error)}`;
  }
}

/** The run has ended, whoever saw to it. */
export function strikeOff({ record }: RunDirectory): void {
  if (typeof record.outerJob !== 'string') return;
  try {
    rmSync(join(record.outerJob, String(record.id)), { force: true });
  } catch (error) {
    // Then it is recovered once more, which finds nothing to do.
    if (errorCode(error) === undefined) throw error;
  }
}

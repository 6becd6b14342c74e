import type { JobRun } from '../job-run.ts';
import { record } from './record.ts';

/**
 * Puts a force on record the moment it is said: whoever takes the job over from a runner that is killed right after it must not run the
 * cleanup that was skipped. Returns how to stop.
 */
export function recordForce(run: JobRun): () => void {
  const { control, journal } = run;
  const known = journal.progress.forced;
  if (known !== null) control.force(known);
  const write = (): void => {
    if (control.forced !== null && journal.progress.forced === null) record(run, { move: 'forced', ...control.forced });
  };
  if (control.forced !== null) write();
  else control.forceSignal.addEventListener('abort', write, { once: true });
  return () => control.forceSignal.removeEventListener('abort', write);
}

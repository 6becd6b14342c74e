import { onAbort } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import { record } from './record.ts';

/**
 * Puts on record, the moment it is said, what somebody says to a job whose script is over: a cancel, after which it ends as canceled, and a
 * force. Whoever takes the job over from a runner that is killed right after it must not call it failed, nor run the cleanup that was skipped. Before
 * that, a cancel is on record as the verdict. Returns how to stop.
 */
export function recordLastWords(run: JobRun): () => void {
  const { control, journal } = run;
  const { forced, canceledBy } = journal.progress;
  if (forced !== null) control.force(forced);
  if (canceledBy !== null) control.interrupt({ cause: 'canceled', isCancel: true, by: canceledBy });
  const stops = [
    onAbort(control.cancelSignal, () => {
      const { progress } = journal;
      const isLate = progress.verdict !== null && !progress.verdict.isCancel && progress.canceledBy === null;
      if (control.canceledBy !== null && isLate) record(run, { move: 'canceled', by: control.canceledBy });
    }),
    onAbort(control.forceSignal, () => {
      if (control.forced !== null && journal.progress.forced === null)
        record(run, { move: 'forced', ...control.forced });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

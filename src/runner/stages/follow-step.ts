import type { StepState } from '../../executors/index.ts';
import type { JobRun } from '../job-run.ts';
import { ship } from '../log/tell.ts';

/** Upper bound between two looks at a step; what makes the watching correct when every hint is lost. */
const LOOK_EVERY_MS = 1_000;
/** Between two times that what nobody wants is cut off, or that it is tried to write what there was no room for. */
const PAUSE_MS = 50;

/**
 * Watches a step and ships its log until `goesOn` says no or `signal` aborts; answers the last state seen. A step that ended
 * before the abort was noticed counts as ended: the first cause wins.
 */
export async function followStep(
  run: JobRun,
  stepId: string,
  signal: AbortSignal,
  goesOn: (state: StepState) => boolean = ({ kind }) => kind === 'running',
): Promise<StepState> {
  for (;;) {
    // The look comes before the reading, so that whatever a step printed before it ended is read.
    const state = await run.place.look(stepId);
    const shipped = await ship(run, signal);
    if (!goesOn(state) || signal.aborted) return state;
    // Both leave bytes of the step unread, so that `changed` would return at once.
    if (run.log.isFull || shipped === 'stuck') await run.clock.sleep(PAUSE_MS, signal);
    if (shipped !== 'more') await run.place.changed(stepId, LOOK_EVERY_MS, signal);
  }
}

import type { JobRun } from '../job-run.ts';
import { warningLine } from '../log/sections.ts';
import { drain, say, ship } from '../log/tell.ts';

/** Between two looks at a dying tree. */
const LOOK_EVERY_MS = 20;
/** How long KILL is repeated before we give up on processes that the kernel does not let die. */
const GIVE_UP_MS = 10_000;

/**
 * Ends every process of the job: TERM, the grace period, then KILL until none is left. A force cuts the grace short.
 * The log is shipped all the while. Nothing to end is the usual case and costs one look at the process table.
 */
export async function stopTree(run: JobRun): Promise<void> {
  const { place, clock, control, budgets } = run;
  const started = clock.now();
  let alive = await place.signal(control.forced ? 'KILL' : 'TERM');
  while (alive.length > 0) {
    const waited = clock.now() - started;
    if (waited > budgets.graceMs + GIVE_UP_MS) {
      say(run, warningLine(`${alive.length} processes of this job could not be killed`));
      break;
    }
    await ship(run);
    await clock.sleep(LOOK_EVERY_MS, control.forced ? undefined : control.forceSignal);
    alive = await place.signal(control.forced || waited >= budgets.graceMs ? 'KILL' : 'none');
  }
  await drain(run);
}

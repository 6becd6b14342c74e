import { describeError } from '../../base/index.ts';
import type { JobProcess } from '../../executors/index.ts';
import type { JobRun } from '../job-run.ts';
import { warningLine } from '../log/sections.ts';
import { drain, say, ship } from '../log/tell.ts';

/** How often the log is shipped, and KILL repeated, while a tree dies. */
const LOOK_EVERY_MS = 50;
/** How long KILL is repeated before we give up on processes that the kernel does not let die. */
const GIVE_UP_MS = 10_000;
/** How often it is tried to stop a tree that cannot be looked at (no more file descriptors, say). */
const TRIES = 10;
const AFTER_TROUBLE_MS = 1_000;

/**
 * Ends every process of the job: TERM, the grace period, then KILL until none is left. A force cuts the grace short. Nothing is left
 * alive without KILL having been sent and the log saying so, however late this process comes to look. The log is shipped all the while.
 * Nothing to end is the usual case and costs one look at the process table.
 * Never fails: when the tree cannot be looked at, time after time, it says so and gives way. A cleanup beside its script is bad, no
 * cleanup is worse.
 * @returns what there was to end.
 */
export async function stopTree(run: JobRun): Promise<readonly JobProcess[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await stopOnce(run);
    } catch (error) {
      const words = `could not stop what the job left running: ${describeError(error)}`;
      run.ports.trouble(`${run.payload.job_info.name}: ${words}`);
      if (tries === TRIES) {
        say(run, warningLine(`${words}; what follows runs beside it`));
        return [];
      }
      await run.clock.sleep(AFTER_TROUBLE_MS);
    }
  }
}

async function stopOnce(run: JobRun): Promise<readonly JobProcess[]> {
  const { place, control } = run;
  const found = await place.signal(control.forced ? 'KILL' : 'TERM');
  let left = control.forced ? found : await waitForGrace(run, found);
  if (left.length > 0) left = await kill(run);
  if (left.length > 0) say(run, warningLine(`could not be killed: ${namesOf(left)}`));
  await drain(run);
  return found;
}

/** Returns when the tree is dead, the grace is over, or somebody forces the end; answers what was seen last. */
async function waitForGrace(run: JobRun, found: readonly JobProcess[]): Promise<readonly JobProcess[]> {
  const { place, clock, control, budgets } = run;
  const end = clock.monotonic() + budgets.graceMs;
  let alive = found;
  for (let leftMs = budgets.graceMs; alive.length > 0 && leftMs > 0; leftMs = end - clock.monotonic()) {
    if (control.forced) break;
    await ship(run);
    alive = await place.untilDead(Math.min(LOOK_EVERY_MS, leftMs), control.forceSignal);
  }
  return alive;
}

async function kill(run: JobRun): Promise<readonly JobProcess[]> {
  const { place, clock } = run;
  const begun = clock.monotonic();
  for (;;) {
    const alive = await place.signal('KILL');
    if (alive.length === 0 || clock.monotonic() - begun > GIVE_UP_MS) return alive;
    await ship(run);
    await place.untilDead(LOOK_EVERY_MS);
  }
}

/** The job chose the names: nothing but letters and the like goes into its log. */
export function namesOf(processes: readonly JobProcess[]): string {
  return processes.map(({ pid, name }) => `${name.replace(/[^\w.:+-]/g, '?')} (${pid})`).join(', ');
}

import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import { sectionEnd, warningLine } from '../log/sections.ts';
import { beginStep, drain, heading, say } from '../log/tell.ts';
import { deadlineSignal } from '../stages/deadline.ts';
import { followStep } from '../stages/follow-step.ts';
import { stopTree } from './stop-tree.ts';

const STEP = 'nested_runs';

/** What each run put down is a script that recovers it. All at once: each has its own cleanups, and they share one budget. */
const SCRIPT = `
code=0
pids=
for run in "$EPILOGUE_NESTED_RUNS"/*; do
  /bin/sh "$run" &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid" || code=1; done
exit $code
`;

/**
 * Finishes what runs of Epilogue that the script started still owe, now that they are dead themselves: their jobs' scripts are stopped
 * and their cleanups run to the end, before this job's own. They take from its cleanup's budget, half of it at most if it has
 * an after_script. What they still owe then stays on their books, and is named. Trouble with them never costs the job its own cleanup.
 * @returns the run with what is left of the budget.
 */
export async function finishNestedRuns(run: JobRun): Promise<JobRun> {
  try {
    return await finish(run);
  } catch (error) {
    const words = `could not see to the runs inside of this job: ${describeError(error)}`;
    say(run, warningLine(words));
    run.ports.trouble(`${run.payload.job_info.name}: ${words}`);
    await stopTree(run);
    return run;
  }
}

async function finish(run: JobRun): Promise<JobRun> {
  const { place, journal, clock, control, budgets, scripts, ports } = run;
  // They were seen to before after_script began.
  if (journal.progress.cleanupAttempt !== null) return run;
  if ((await place.nestedRuns()).length === 0) return run;
  const startedAt = clock.monotonic();
  if (!control.forced) await recoverThem(run, scripts.afterScript === null ? budgets.cleanupMs : budgets.cleanupMs / 2);
  const left = await place.nestedRuns();
  if (left.length > 0) {
    const words = `run ${left.join(', ')} inside of this job may still owe a cleanup: \`epilogue recover\` finishes it`;
    say(run, warningLine(words));
    ports.trouble(`${run.payload.job_info.name}: ${words}`);
    await place.disownNestedRuns();
    await stopTree(run);
  }
  const cleanupMs = Math.max(0, budgets.cleanupMs - (clock.monotonic() - startedAt));
  return { ...run, budgets: { ...budgets, cleanupMs } };
}

async function recoverThem(run: JobRun, budgetMs: number): Promise<void> {
  const { place, clock, control } = run;
  beginStep(run, STEP, heading(run, STEP, 'Finishing runs inside of this job'));
  try {
    await place.start({ id: STEP, script: SCRIPT });
  } catch (error) {
    say(run, warningLine(describeError(error)));
    return;
  }
  const cut = deadlineSignal(clock, budgetMs, control.forceSignal);
  const state = await followStep(run, STEP, cut.signal);
  cut.callOff();
  if (state.kind !== 'running') await drain(run);
  say(run, sectionEnd(STEP, clock.now()));
}

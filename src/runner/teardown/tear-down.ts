import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { releaseReserve, releaseWords } from '../journal/reserve.ts';
import { seconds, sectionEnd, warningLine } from '../log/sections.ts';
import { say } from '../log/tell.ts';
import { budgetOf, usedByEarlierProcesses } from './cleanup/cleanup-budget.ts';
import { namesOf, stopTree } from './stop-tree.ts';

/** The script is over: say so to everybody, and see that it is dead, children and all. */
export async function tearDown(run: JobRun, verdict: Verdict): Promise<void> {
  const { journal, clock, ports, log } = run;
  // Room first: the journal's next line may be the one that no longer fits.
  run.descriptors.release();
  const hasReserve = run.scripts.afterScript !== null;
  if (hasReserve) releaseWords(journal.directory);
  if (journal.progress.verdict === null) {
    record(run, { move: 'teardown_begun', ...verdict });
    // It came when the script was over and the verdict not yet on record.
    const { canceledBy } = run.control;
    if (canceledBy !== null && !verdict.isCancel) record(run, { move: 'canceled', by: canceledBy });
  }
  ports.phase({ phase: 'teardown', cause: verdict.cause, deadline: await cleanupDeadline(run) });
  if (journal.progress.treeDead) {
    if (hasReserve) releaseReserve(journal.directory);
    return;
  }
  if (verdict.by !== null) say(run, warningLine(interruptionWords(run, verdict)));
  const found = await stopTree(run);
  if (verdict.by === null && found.length > 0)
    say(run, warningLine(`still running after the script, and stopped: ${namesOf(found)}`));
  if (hasReserve) releaseReserve(journal.directory);
  const last = journal.progress.steps.get(log.step ?? '');
  // Also of a step that never started, or whose place is gone: nobody has closed its section.
  const isCut = verdict.by !== null || (last !== undefined && (last.ended?.code ?? null) === null);
  if (isCut && log.step !== null) say(run, sectionEnd(log.step, clock.now()));
  record(run, { move: 'tree_dead' });
}

/** What is left of the budget, and the grace before it. A cleanup that is over, or will be skipped, has none. */
async function cleanupDeadline(run: JobRun): Promise<number | null> {
  const { journal, scripts, budgets, clock, control } = run;
  const { owed, cleanup, treeDead } = journal.progress;
  if (!owed || scripts.afterScript === null || cleanup !== null || control.forced) return null;
  const leftMs = Math.max(0, budgetOf(run) - (await usedByEarlierProcesses(run)));
  return clock.now() + (treeDead ? 0 : budgets.graceMs) + leftMs;
}

function interruptionWords(run: JobRun, verdict: Verdict): string {
  const grace = seconds(run.budgets.graceMs);
  const how = run.control.forced ? 'killing the script' : `stopping the script (TERM, then KILL after ${grace})`;
  if (verdict.cause === 'timed_out') return `Timed out: ${how}`;
  return `${verdict.cause === 'runner_lost' ? 'Runner lost, taken over' : 'Canceled'} by ${verdict.by}: ${how}`;
}

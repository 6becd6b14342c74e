import { describeError, errorCode } from '../base/index.ts';
import type { Cleanup } from '../protocol/index.ts';
import type { JobOptions } from './job-options.ts';
import { type JobRun, record, say } from './job-run.ts';
import type { JobResult, Verdict } from './journal/move.ts';
import { releaseReserve, releaseWords } from './journal/reserve.ts';
import { errorLine, infoLine, sectionEnd, warningLine } from './log/sections.ts';
import { openJob } from './open-job.ts';
import { runScript } from './run-script.ts';
import { cleanUp } from './teardown/clean-up.ts';
import { type Saved, saveResults } from './teardown/save-results.ts';
import { stopTree } from './teardown/stop-tree.ts';

/**
 * The life of one job on a runner, from the hand-out to the result; also the rest of the life of a job whose runner died.
 * There is one way through it for every cause: script → stop → cleanup → save → result.
 * @returns null when there is nothing to take over: the runner before us died before it had accepted the job.
 */
export async function runJob(options: JobOptions): Promise<JobResult | null> {
  const run = await openJob(options);
  if (run === null || 'status' in run) return run;
  try {
    const verdict = run.journal.progress.verdict ?? (await runScript(run));
    await tearDown(run, verdict);
    const cleanup = await cleanUp(run, verdict);
    const saved = await saveResults(run, verdict);
    const result = judge(run, verdict, cleanup, saved);
    if (run.log.droppedBytes > 0)
      say(run, warningLine(`${run.log.droppedBytes} bytes over the log limit were dropped`));
    say(run, closingLine(run, verdict, result));
    if (!options.keep) await cleanPlace(run);
    record(run, { move: 'finished', result });
    return result;
  } finally {
    run.log.close();
    run.journal.close();
  }
}

/** Nothing is owed any more: what cannot be removed, or killed, is told and left. */
async function cleanPlace(run: JobRun): Promise<void> {
  try {
    await run.place.clean();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    run.ports.trouble(`${run.payload.job_info.name}: could not clean up after the job: ${describeError(error)}`);
  }
}

/** The script is over: say so to everybody, and see that it is dead, children and all. */
async function tearDown(run: JobRun, verdict: Verdict): Promise<void> {
  const { journal, budgets, clock, ports, log } = run;
  const deadline = clock.now() + budgets.graceMs + budgets.cleanupMs;
  // Room first: the journal's next line may be the one that no longer fits.
  releaseWords(journal.directory);
  if (journal.progress.verdict === null) record(run, { move: 'teardown_begun', ...verdict });
  ports.phase({ phase: 'teardown', cause: verdict.cause, deadline });
  if (journal.progress.treeDead) {
    releaseReserve(journal.directory);
    return;
  }
  if (verdict.by !== null) say(run, warningLine(interruptionWords(run, verdict)));
  await stopTree(run);
  releaseReserve(journal.directory);
  if (verdict.by !== null && log.step !== null) say(run, sectionEnd(log.step, clock.now()));
  record(run, { move: 'tree_dead' });
}

function interruptionWords(run: JobRun, verdict: Verdict): string {
  const grace = `${run.budgets.graceMs / 1000} s`;
  const how = run.control.forced ? 'killing the script' : `stopping the script (TERM, then KILL after ${grace})`;
  if (verdict.cause === 'timed_out') return `Timed out: ${how}`;
  return `${verdict.cause === 'runner_lost' ? 'Runner lost, taken over' : 'Canceled'} by ${verdict.by}: ${how}`;
}

function judge(run: JobRun, verdict: Verdict, cleanup: Cleanup, saved: Saved): JobResult {
  const { cause, exitCode } = verdict;
  const rule = run.causeRules[cause];
  const known = { cause, exitCode, cleanup, artifacts: saved.artifacts };
  if (rule.endsAs !== 'success') {
    return {
      ...known,
      status: rule.endsAs,
      failureReason: rule.endsAs === 'failed' ? (verdict.reason ?? rule.reason) : null,
    };
  }
  const cleanupFailed = cleanup.outcome === 'failed' || cleanup.outcome === 'timed_out' || cleanup.outcome === 'lost';
  if (cleanupFailed && !run.scripts.ignoreCleanupErrors)
    return { ...known, status: 'failed', failureReason: 'script_failure' };
  if (saved.trouble !== null) return { ...known, status: 'failed', failureReason: 'runner_system_failure' };
  return { ...known, status: 'success', failureReason: null };
}

function closingLine(run: JobRun, verdict: Verdict, result: JobResult): string {
  const { cleanup } = result;
  const owed = cleanup.outcome === 'skipped' ? `; cleanup skipped by ${cleanup.skippedBy}` : '';
  if (result.status === 'success') return infoLine('Job succeeded');
  if (result.status === 'canceled') return errorLine(`Job canceled by ${verdict.by ?? 'unknown'}${owed}`);
  const why = verdict.message ?? (verdict.cause === 'timed_out' ? timeoutWords(run) : result.failureReason);
  return errorLine(`Job failed: ${why}${owed}`);
}

function timeoutWords(run: JobRun): string {
  const { jobMs, scriptMs } = run.budgets;
  return `execution took longer than ${Math.min(jobMs, scriptMs ?? jobMs) / 1000} seconds`;
}

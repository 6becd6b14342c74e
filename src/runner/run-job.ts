import { errorCode } from '../base/index.ts';
import type { JobOptions } from './job-options.ts';
import type { JobRun } from './job-run.ts';
import type { JobResult, Verdict } from './journal/move.ts';
import { record } from './journal/record.ts';
import { recordLastWords } from './journal/record-last-words.ts';
import { warningLine } from './log/sections.ts';
import { say } from './log/tell.ts';
import { openJob } from './open/open-job.ts';
import { runScript } from './stages/run-script.ts';
import { interrupted, lostWithRunner } from './stages/verdicts.ts';
import { cleanUp } from './teardown/cleanup/clean-up.ts';
import { STILL_OWED } from './teardown/cleanup/start-cleanup.ts';
import { endBadly } from './teardown/end-badly.ts';
import { endPlace } from './teardown/end-place.ts';
import { finishNestedRuns } from './teardown/finish-nested-runs.ts';
import { forgetSecrets } from './teardown/forget-secrets.ts';
import { closingLine, judge } from './teardown/judge.ts';
import { saveResults } from './teardown/save-results.ts';
import { stopTree } from './teardown/stop-tree.ts';
import { tearDown } from './teardown/tear-down.ts';

/**
 * The life of one job on a runner, from the hand-out to the result; also the rest of the life of a job whose runner died.
 * There is one way through it for every cause: script → stop → cleanup → save → result.
 * @throws Failure `still_owed` when a job that was taken over cannot be cleaned up now; it stays on the books.
 * @returns null when there is nothing to take over: the runner before us died before it had accepted the job.
 */
export async function runJob(options: JobOptions): Promise<JobResult | null> {
  const run = await openJob(options);
  if (run === null || 'status' in run) return run;
  const stopListening = recordLastWords(run);
  try {
    return await live(run, options.keep);
  } catch (error) {
    if (errorCode(error) === STILL_OWED) throw error;
    return await endBadly(run, error, options.keep);
  } finally {
    stopListening();
    run.descriptors.release();
    run.log.close();
    run.journal.close();
  }
}

async function live(run: JobRun, keep: boolean): Promise<JobResult> {
  const verdict = await verdictOn(run);
  let bug: unknown = null;
  try {
    await tearDown(run, verdict);
  } catch (error) {
    bug = error;
    await stopTree(run);
  }
  const cleanup = await cleanUp(await finishNestedRuns(run), verdict);
  // The job ends badly, but not without its cleanup.
  if (bug !== null) throw bug;
  const saved = await saveResults(run, verdict);
  await endPlace(run, keep);
  const { droppedBytes } = run.log;
  if (droppedBytes > 0) say(run, warningLine(`${droppedBytes} bytes over the log limit were dropped`));
  // Last of all: a cancel may come until then.
  const result = judge(run, verdict, cleanup, saved);
  say(run, closingLine(run, verdict, { result, saved }));
  const isOnTheBooks = record(run, { move: 'finished', result });
  if (isOnTheBooks) forgetSecrets(run.journal.directory, run.ports.trouble);
  return result;
}

/**
 * A journal without a cleanup is not written through to the disk. After a power cut it may say less than has happened, of a job whose place and artifacts are gone: its
 * script is not begun again, and that it ended well is no success.
 */
async function verdictOn(run: JobRun): Promise<Verdict> {
  const { verdict: known, saved } = run.journal.progress;
  const isVague = run.mayHaveLost && run.scripts.afterScript === null && saved === null;
  const isInterrupted = run.control.interruption !== null;
  if (isVague && known === null && !isInterrupted) return lostWithRunner();
  const verdict = known ?? (await runScript(run));
  if (!isVague || verdict.cause !== 'succeeded') return verdict;
  return isInterrupted ? interrupted(run) : lostWithRunner();
}

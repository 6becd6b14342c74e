import { describeError, Failure, invariant } from '../../base/index.ts';
import { CAUSE_RULES, type Cleanup } from '../../protocol/index.ts';
import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { sectionEnd, warningLine } from '../log/sections.ts';
import { beginStep, drain, heading, say } from '../log/tell.ts';
import type { CleanupVariables } from '../open/step-scripts.ts';
import { deadlineSignal } from '../stages/deadline.ts';
import { followStep } from '../stages/follow-step.ts';
import { cleanupKey } from './cleanup-key.ts';
import { stopTree } from './stop-tree.ts';

/** A cleanup whose process vanished (host restarted, killed from outside) is begun again so many times in all. */
const MAX_ATTEMPTS = 3;
/** A script that has used up the log limit does not hide what its cleanup says. */
const LEAST_LOG_BYTES = 64 * 1024;

/** Runs after_script to its end or its deadline, for whatever cause; answers how that went. */
export async function cleanUp(run: JobRun, verdict: Verdict): Promise<Cleanup> {
  const { journal, control, scripts } = run;
  const known = journal.progress.cleanup;
  if (known !== null) return known;
  const cleanup = await settle();
  record(run, { move: 'cleanup_ended', cleanup });
  run.ports.cleaned(cleanup);
  return cleanup;

  async function settle(): Promise<Cleanup> {
    if (!journal.progress.owed || scripts.afterScript === null) return { outcome: 'not_owed', attempt: 0 };
    const { cleanupAttempt, firstCleanupAttempt } = journal.progress;
    for (let attempt = cleanupAttempt?.number ?? firstCleanupAttempt; ; attempt += 1) {
      if (control.forced) return skipped(run, attempt - 1);
      const ended = await runAttempt(run, verdict, attempt);
      if (ended !== null) return ended;
      if (attempt >= MAX_ATTEMPTS)
        return { outcome: 'lost', attempt, reason: `after_script was killed from outside ${attempt} times` };
    }
  }
}

/** One attempt, begun or taken over. Null: its process is gone and left no result; it must be begun again. */
async function runAttempt(run: JobRun, verdict: Verdict, attempt: number): Promise<Cleanup | null> {
  const { journal, place, clock, budgets, scripts, control } = run;
  const id = `after_script-${attempt}`;
  // An attempt that was announced but never claimed has used up nothing of its budget.
  const isNew = journal.progress.cleanupAttempt?.number !== attempt || (await place.look(id)).kind === 'absent';
  if (isNew) record(run, { move: 'cleanup_started', attempt });
  const startedAt = journal.progress.cleanupAttempt?.startedAt ?? clock.now();
  const script = scripts.afterScript?.(cleanupVariables(run, verdict, attempt)) ?? '';
  beginStep(run, id, heading(run, 'after_script', 'Running after_script'), LEAST_LOG_BYTES);
  try {
    await place.start({ id, script });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(run, warningLine(`after_script could not start: ${describeError(error)}`));
    run.ports.trouble(`${run.payload.job_info.name}: after_script could not start: ${describeError(error)}`);
    return { outcome: 'failed', attempt, durationMs: clock.now() - startedAt, reason: describeError(error) };
  }
  const cut = deadlineSignal(clock, startedAt + budgets.cleanupMs, control.forceSignal);
  const state = await followStep(run, id, cut.signal);
  cut.callOff();
  if (state.kind !== 'running') await drain(run);
  const durationMs = clock.now() - startedAt;
  if (state.kind === 'ended') return endedCleanup(run, attempt, state.code, durationMs);
  if (state.kind !== 'running') return null;
  await stopTree(run);
  say(run, sectionEnd('after_script', clock.now()));
  if (control.forced) return skipped(run, attempt);
  say(run, warningLine(`after_script did not end within ${budgets.cleanupMs / 1000} s and was cut off`));
  return { outcome: 'timed_out', attempt, durationMs };
}

function endedCleanup(run: JobRun, attempt: number, exitCode: number, durationMs: number): Cleanup {
  say(run, sectionEnd('after_script', run.clock.now()));
  if (exitCode !== 0) say(run, warningLine(`after_script failed: exit code ${exitCode}`));
  return { outcome: exitCode === 0 ? 'succeeded' : 'failed', exitCode, attempt, durationMs };
}

function skipped(run: JobRun, attempt: number): Cleanup {
  const forced = run.control.forced;
  invariant(forced !== null, 'only a force skips a cleanup');
  if (run.journal.progress.forced === null) record(run, { move: 'forced', ...forced });
  return { outcome: 'skipped', attempt, skippedBy: forced.by, reason: forced.why };
}

function cleanupVariables(run: JobRun, verdict: Verdict, attempt: number): CleanupVariables {
  const { jobStatus } = CAUSE_RULES[verdict.cause];
  return {
    CI_JOB_STATUS: jobStatus,
    EPILOGUE_TEARDOWN_CAUSE: verdict.cause,
    EPILOGUE_SCRIPT_EXIT_CODE: verdict.exitCode === null ? '' : String(verdict.exitCode),
    EPILOGUE_CANCELED_BY: jobStatus === 'canceled' ? (verdict.by ?? '') : '',
    EPILOGUE_CLEANUP_ATTEMPT: String(attempt),
    // The same for every attempt and every runner: an idempotency key.
    EPILOGUE_CLEANUP_KEY: cleanupKey(run.payload),
  };
}

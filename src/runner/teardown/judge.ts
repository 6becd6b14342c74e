import { CAUSE_RULES, type Cleanup } from '../../protocol/index.ts';
import type { JobRun } from '../job-run.ts';
import type { JobResult, Verdict } from '../journal/move.ts';
import { errorLine, infoLine } from '../log/sections.ts';
import type { Saved } from './save-results.ts';

export function judge(run: JobRun, verdict: Verdict, cleanup: Cleanup, saved: Saved): JobResult {
  const { cause, exitCode } = verdict;
  const rule = CAUSE_RULES[cause];
  const known = { cause, exitCode, cleanup, artifacts: saved.artifacts };
  if (canceledBy(run, verdict) !== null) return { ...known, status: 'canceled', failureReason: null };
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
  if (saved.invalid !== null) return { ...known, status: 'failed', failureReason: 'script_failure' };
  return { ...known, status: 'success', failureReason: null };
}

/** Who cancelled the job; null: nobody did. One who comes when the script is over decides its status, too. */
function canceledBy(run: JobRun, verdict: Verdict): string | null {
  return verdict.isCancel ? (verdict.by ?? 'unknown') : run.control.canceledBy;
}

/** What a job came to, for the last line of its log. */
interface Ending {
  readonly result: JobResult;
  readonly saved: Saved;
}

export function closingLine(run: JobRun, verdict: Verdict, { result, saved }: Ending): string {
  const { cleanup } = result;
  const owed = cleanup.outcome === 'skipped' ? `; cleanup skipped by ${cleanup.skippedBy}` : '';
  if (result.status === 'success') return infoLine('Job succeeded');
  if (result.status === 'canceled') return errorLine(`Job canceled by ${canceledBy(run, verdict)}${owed}`);
  const why =
    verdict.message ??
    (verdict.cause === 'timed_out' ? timeoutWords(run) : (saved.trouble ?? saved.invalid ?? result.failureReason));
  return errorLine(`Job failed: ${why}${owed}`);
}

function timeoutWords(run: JobRun): string {
  const { jobMs, scriptMs } = run.budgets;
  return `execution took longer than ${Math.round(Math.min(jobMs, scriptMs ?? jobMs) / 100) / 10} seconds`;
}

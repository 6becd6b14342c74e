import { CAUSE_RULES, type Cleanup } from '../../protocol/index.ts';
import type { JobRun } from '../job-run.ts';
import type { JobResult, Verdict } from '../journal/move.ts';
import { errorLine, infoLine } from '../log/sections.ts';
import type { Saved } from './save-results.ts';

export function judge(run: JobRun, verdict: Verdict, cleanup: Cleanup, saved: Saved): JobResult {
  const { cause, exitCode } = verdict;
  const rule = CAUSE_RULES[cause];
  const known = { cause, exitCode, cleanup, artifacts: saved.artifacts };
  if (verdict.isCancel) return { ...known, status: 'canceled', failureReason: null };
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

export function closingLine(run: JobRun, verdict: Verdict, result: JobResult): string {
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

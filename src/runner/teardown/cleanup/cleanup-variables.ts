import { CAUSE_RULES } from '../../../protocol/index.ts';
import type { JobRun } from '../../job-run.ts';
import type { Verdict } from '../../journal/move.ts';
import type { CleanupVariables } from '../../open/step-scripts.ts';
import { cleanupKey } from './cleanup-key.ts';
import { EXTENSION_FILE } from './extend-cleanup.ts';

/** What after_script is told, beside the job's own variables. */
export function cleanupVariables(run: JobRun, verdict: Verdict, attempt: number): CleanupVariables {
  const { jobStatus } = CAUSE_RULES[verdict.cause];
  return {
    CI_JOB_STATUS: jobStatus,
    EPILOGUE_TEARDOWN_CAUSE: verdict.cause,
    EPILOGUE_SCRIPT_EXIT_CODE: verdict.exitCode === null ? '' : String(verdict.exitCode),
    EPILOGUE_CANCELED_BY: jobStatus === 'canceled' ? (verdict.by ?? '') : '',
    EPILOGUE_CLEANUP_ATTEMPT: String(attempt),
    EPILOGUE_EXTEND_CLEANUP: `${run.place.temporaryDir}/${EXTENSION_FILE}`,
    EPILOGUE_CLEANUP_KEY: cleanupKey(run.payload),
  };
}

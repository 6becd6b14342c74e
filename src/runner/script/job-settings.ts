import type { Budgets } from '../../protocol/index.ts';

/** What a job's variables say about how it is run. */
export interface JobSettings {
  /** `RUNNER_SCRIPT_TIMEOUT`, `RUNNER_AFTER_SCRIPT_TIMEOUT`, `EPILOGUE_GRACE_PERIOD` and the payload's timeout. */
  readonly budgets: Budgets;
  /** `AFTER_SCRIPT_IGNORE_ERRORS`; default true. */
  readonly ignoreAfterScriptErrors: boolean;
  /** `CI_DEBUG_TRACE`. */
  readonly debugTrace: boolean;
  /** `GET_SOURCES_ATTEMPTS`, `RESTORE_CACHE_ATTEMPTS`, `ARTIFACT_DOWNLOAD_ATTEMPTS`: 1–10, default 1. */
  readonly attempts: { readonly getSources: number; readonly restoreCache: number; readonly downloadArtifacts: number };
  /** For the job's log: what was malformed and what is used instead. */
  readonly warnings: readonly string[];
}

/** `timeoutSeconds`: `runner_info.timeout`; 0 or less: the default. Never fails: a malformed value is a warning and the default. */
export declare function readJobSettings(get: (key: string) => string | undefined, timeoutSeconds: number): JobSettings;

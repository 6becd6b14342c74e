import { type Budgets, DEFAULT_BUDGETS } from '../teardown.ts';
import { parseGoBoolean } from './go-boolean.ts';
import { parseGoDuration } from './go-duration.ts';

/** What a job's variables say about how it is run. */
export interface JobSettings {
  /** `RUNNER_SCRIPT_TIMEOUT`, `RUNNER_AFTER_SCRIPT_TIMEOUT`, `EPILOGUE_GRACE_PERIOD` and the payload's timeout. */
  readonly budgets: Budgets;
  /** `AFTER_SCRIPT_IGNORE_ERRORS`; default true. */
  readonly ignoreAfterScriptErrors: boolean;
  /** `CI_DEBUG_TRACE`. */
  readonly debugTrace: boolean;
  /** `GET_SOURCES_ATTEMPTS`, `RESTORE_CACHE_ATTEMPTS`, `ARTIFACT_DOWNLOAD_ATTEMPTS`: 1–10, default 1. */
  readonly attempts: {
    readonly getSources: number;
    readonly restoreCache: number;
    readonly downloadArtifacts: number;
  };
  /** `EPILOGUE_CLEANUP_RETRY`: how many more attempts a cleanup gets that ends with another code than 0; 0–5, default 0. */
  readonly cleanupRetries: number;
  readonly sources: SourceSettings;
  /** `RUNNER_LOG_LIMIT`, given in KiB as GitLab's `output_limit` is: so many bytes of what the steps print are kept; null: as the runner has it. */
  readonly logLimitBytes: number | null;
  /** For the job's log: what was malformed and what is used instead. */
  readonly warnings: readonly string[];
}

/** How a job comes by its sources. */
export interface SourceSettings {
  /** `GIT_STRATEGY`; default `fetch`. `none`: the directory as it is; `empty`: an empty one. */
  readonly strategy: (typeof STRATEGIES)[number];
  /** `GIT_SUBMODULE_STRATEGY`; default `none`. */
  readonly submodules: (typeof SUBMODULES)[number];
}

const STRATEGIES = ['clone', 'fetch', 'none', 'empty'] as const;
const SUBMODULES = ['none', 'normal', 'recursive'] as const;

/** What a timer takes, 24.8 days; a longer one would fire at once. */
const MAX_BUDGET_MS = 2 ** 31 - 1;

/**
 * `timeoutSeconds`: `runner_info.timeout`; 0 or less: the default. Never fails: a malformed value is a warning and the default.
 * Unlike with GitLab's runner a duration longer than the job's timeout counts: budgets add up.
 */
export function readJobSettings(get: (key: string) => string | undefined, timeoutSeconds: number): JobSettings {
  const warnings: string[] = [];
  const read: Read = (key, kind, parse, fallback) => {
    const text = get(key)?.trim() ?? '';
    if (text === '') return fallback;
    const value = parse(text);
    if (value !== null) return value;
    warnings.push(`${key}: ${JSON.stringify(text)} is not ${kind}; the default is used`);
    return fallback;
  };
  const bounded = (ms: number) => Math.min(Math.round(ms), MAX_BUDGET_MS);
  const boolean = (key: string, fallback: boolean) => read(key, 'a boolean', parseGoBoolean, fallback);
  const attempts = (key: string) => read(key, 'a number of attempts', parseAttempts, 1);
  // `0` stands for the default, as it does for GitLab's runner.
  const scriptMs = read('RUNNER_SCRIPT_TIMEOUT', DURATION, parsePeriod, 0) || null;
  const cleanupMs = read('RUNNER_AFTER_SCRIPT_TIMEOUT', DURATION, parsePeriod, 0) || DEFAULT_BUDGETS.cleanupMs;
  return {
    budgets: {
      jobMs: bounded(timeoutSeconds > 0 ? timeoutSeconds * 1000 : DEFAULT_BUDGETS.jobMs),
      scriptMs: scriptMs === null ? null : bounded(scriptMs),
      cleanupMs: bounded(cleanupMs),
      graceMs: bounded(read('EPILOGUE_GRACE_PERIOD', DURATION, parsePeriod, DEFAULT_BUDGETS.graceMs)),
      saveMs: DEFAULT_BUDGETS.saveMs,
    },
    ignoreAfterScriptErrors: boolean('AFTER_SCRIPT_IGNORE_ERRORS', true),
    debugTrace: boolean('CI_DEBUG_TRACE', false),
    attempts: {
      getSources: attempts('GET_SOURCES_ATTEMPTS'),
      restoreCache: attempts('RESTORE_CACHE_ATTEMPTS'),
      downloadArtifacts: attempts('ARTIFACT_DOWNLOAD_ATTEMPTS'),
    },
    cleanupRetries: read('EPILOGUE_CLEANUP_RETRY', 'a number from 0 to 5', parseRetries, 0),
    sources: {
      strategy: read('GIT_STRATEGY', `one of ${STRATEGIES.join(', ')}`, oneOf(STRATEGIES), 'fetch'),
      submodules: read('GIT_SUBMODULE_STRATEGY', `one of ${SUBMODULES.join(', ')}`, oneOf(SUBMODULES), 'none'),
    },
    // `0` stands for the default, as it does for GitLab's runner.
    logLimitBytes: read('RUNNER_LOG_LIMIT', 'a number of KiB', parseKibibytes, 0) * 1024 || null,
    warnings,
  };
}

type Read = <T>(key: string, kind: string, parse: (text: string) => T | null, fallback: T) => T;

const DURATION = 'a duration such as 90s or 1h30m';

function parsePeriod(text: string): number | null {
  const ms = parseGoDuration(text);
  return ms === null || ms < 0 ? null : ms;
}

function oneOf<T extends string>(choices: readonly T[]): (text: string) => T | null {
  return (text) => choices.find((choice) => choice === text) ?? null;
}

function parseKibibytes(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

function parseRetries(text: string): number | null {
  return /^[0-5]$/.test(text) ? Number(text) : null;
}

function parseAttempts(text: string): number | null {
  return /^-?\d{1,9}$/.test(text) ? Math.min(Math.max(Number(text), 1), 10) : null;
}

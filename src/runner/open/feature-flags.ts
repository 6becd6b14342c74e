import { parseGoBoolean, type Variable } from '../../protocol/index.ts';
import type { RunnerSettings } from './runner-settings.ts';

/** The flags of GitLab's runner that change something here. */
export interface FeatureFlags {
  /** Commands of several lines are shown whole, each in a folded section, where the server knows sections. */
  readonly FF_SCRIPT_SECTIONS: boolean;
  /** Each line of the log begins with its time. */
  readonly FF_TIMESTAMPS: boolean;
  /** A line that fails ends the step, whatever the script has made of `set -e`. */
  readonly FF_ENABLE_BASH_EXIT_CODE_CHECK: boolean;
  /** Tokens of all of GitLab's kinds are masked, not only personal ones. */
  readonly FF_MASK_ALL_DEFAULT_TOKENS: boolean;
  /** Between two attempts at a stage is a pause, which doubles. */
  readonly FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY: boolean;
  /** Caches lie under the SHA-256 of their keys, which then may hold any letters. */
  readonly FF_HASH_CACHE_KEYS: boolean;
}

const DEFAULTS = {
  FF_SCRIPT_SECTIONS: false,
  FF_ENABLE_BASH_EXIT_CODE_CHECK: false,
  FF_MASK_ALL_DEFAULT_TOKENS: true,
  FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY: true,
  FF_HASH_CACHE_KEYS: false,
} as const;

/**
 * What the runner's owner says of a flag, else a boolean in a variable of its name (the job's before the owner's), else the default. Source of the
 * order: GitLab's runner.
 */
export function featureFlags(settings: RunnerSettings, variables: readonly Variable[]): FeatureFlags {
  const said = new Map([...settings.environment, ...variables].map(({ key, value }) => [key, value]));
  const choose = (name: keyof FeatureFlags, fallback: boolean): boolean =>
    settings.featureFlags[name] ?? parseGoBoolean(said.get(name)?.trim() ?? '') ?? fallback;
  return {
    FF_SCRIPT_SECTIONS: choose('FF_SCRIPT_SECTIONS', DEFAULTS.FF_SCRIPT_SECTIONS),
    FF_TIMESTAMPS: choose('FF_TIMESTAMPS', settings.timestamps),
    FF_ENABLE_BASH_EXIT_CODE_CHECK: choose('FF_ENABLE_BASH_EXIT_CODE_CHECK', DEFAULTS.FF_ENABLE_BASH_EXIT_CODE_CHECK),
    FF_MASK_ALL_DEFAULT_TOKENS: choose('FF_MASK_ALL_DEFAULT_TOKENS', DEFAULTS.FF_MASK_ALL_DEFAULT_TOKENS),
    FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY: choose(
      'FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY',
      DEFAULTS.FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY,
    ),
    FF_HASH_CACHE_KEYS: choose('FF_HASH_CACHE_KEYS', DEFAULTS.FF_HASH_CACHE_KEYS),
  };
}

import { finalValues, type JobPayload, payloadSettings } from '../../../protocol/index.ts';

/** What a job's variables say of its sources, in GitLab's words. */
export interface JobSources {
  readonly strategy: 'clone' | 'fetch' | 'none' | 'empty';
  /** `GIT_CHECKOUT` */
  readonly checkout: boolean;
  /** `GIT_FETCH_EXTRA_FLAGS` */
  readonly fetchFlags: readonly string[];
  /** `GIT_CLEAN_FLAGS`; null: nothing is cleaned. */
  readonly cleanFlags: readonly string[] | null;
  /** `GIT_LFS_SKIP_SMUDGE` */
  readonly skipsLargeFiles: boolean;
  readonly submodules: {
    readonly isRecursive: boolean;
    /** `GIT_SUBMODULE_DEPTH` */
    readonly depth: number;
    /** `GIT_SUBMODULE_PATHS` */
    readonly paths: readonly string[];
    /** `GIT_SUBMODULE_UPDATE_FLAGS` */
    readonly flags: readonly string[];
    /** `GIT_SUBMODULE_FORCE_HTTPS` */
    readonly overHttps: boolean;
  } | null;
  /** `CI_PROJECT_PATH` */
  readonly projectPath: string;
}

export function jobSources(payload: JobPayload): JobSources {
  const { values } = finalValues(payload.variables, () => '');
  const get = (key: string): string => values.get(key)?.trim() ?? '';
  const { strategy, submodules } = payloadSettings(payload).sources;
  const isSaid = get('GIT_STRATEGY') === strategy;
  return {
    strategy: isSaid ? strategy : payload.allow_git_fetch ? 'fetch' : 'clone',
    checkout: !isFalse(get('GIT_CHECKOUT')),
    fetchFlags: flagsOf(get('GIT_FETCH_EXTRA_FLAGS'), ['--prune', '--quiet']) ?? [],
    cleanFlags: flagsOf(get('GIT_CLEAN_FLAGS'), ['-ffdx']),
    skipsLargeFiles: isTrue(get('GIT_LFS_SKIP_SMUDGE')),
    submodules:
      submodules === 'none'
        ? null
        : {
            isRecursive: submodules === 'recursive',
            depth: depthOf(get('GIT_SUBMODULE_DEPTH')) ?? payload.git_info.depth,
            paths: words(get('GIT_SUBMODULE_PATHS')),
            flags: words(get('GIT_SUBMODULE_UPDATE_FLAGS')),
            overHttps: isTrue(get('GIT_SUBMODULE_FORCE_HTTPS')),
          },
    projectPath: get('CI_PROJECT_PATH') || payload.job_info.project_full_path,
  };
}

/** null: `none`. */
function flagsOf(text: string, fallback: readonly string[]): readonly string[] | null {
  if (text === '') return fallback;
  return text === 'none' ? null : words(text);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function depthOf(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** The spellings that Go takes. */
function isTrue(text: string): boolean {
  return /^(1|t|true)$/i.test(text);
}

function isFalse(text: string): boolean {
  return /^(0|f|false)$/i.test(text);
}

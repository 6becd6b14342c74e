import type { ProjectForPipelines } from '../../../store/index.ts';

/** Settings of a project that pipelines heed, under GitLab's names in the column. */
export interface ProjectCiSettings {
  /** s; of jobs that name no `timeout`. */
  readonly buildTimeout: number;
  /** Commits; 0: all. */
  readonly gitDepth: number;
  readonly gitStrategy: 'fetch' | 'clone';
  /** Newer pipelines cancel older ones of the ref. */
  readonly autoCancel: boolean;
}

export function projectCiSettings({ settings }: Pick<ProjectForPipelines, 'settings'>): ProjectCiSettings {
  return {
    buildTimeout: numberOf(settings.build_timeout, 3600),
    gitDepth: numberOf(settings.ci_default_git_depth, 20),
    gitStrategy: settings.build_git_strategy === 'clone' ? 'clone' : 'fetch',
    autoCancel: settings.auto_cancel_pending_pipelines !== 'disabled',
  };
}

function numberOf(value: unknown, usual: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : usual;
}

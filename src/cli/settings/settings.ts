import type { DockerSettings } from '../../executors/index.ts';

export const EXECUTORS = ['shell', 'docker'] as const;

/** What starts a pipeline. Source: GitLab's values of `CI_PIPELINE_SOURCE`. */
export const EVENTS = [
  'push',
  'merge_request_event',
  'web',
  'api',
  'schedule',
  'trigger',
  'pipeline',
  'parent_pipeline',
  'external',
  'external_pull_request_event',
  'chat',
] as const;

/** What a run is told to do where neither the CI file nor the checkout says it. Frozen once it is read. */
export interface Settings {
  /** The CI file, relative to the checkout; null: `.gitlab-ci.yml`. */
  readonly file: string | null;
  /** null: containers for jobs that name an image, where an engine answers; else the shell of this machine. */
  readonly executor: (typeof EXECUTORS)[number] | null;
  /** Name or absolute path of the shell that runs scripts; null: bash, else sh. */
  readonly shell: string | null;
  /** For jobs that name none. */
  readonly image: string | null;
  /** From `[docker]` of epilogue.toml, the keys of GitLab's `[runners.docker]`; null: a local run's own. */
  readonly docker: DockerSettings | null;
  /** How many jobs run at once; null: one a core. */
  readonly concurrency: number | null;
  readonly event: (typeof EVENTS)[number];
  /** Path of a file with variables; null: none. */
  readonly envFile: string | null;
  /** Keep the job directories after the run. */
  readonly keep: boolean;
  /** Jobs inherit only what names the user, the machine's directories and the language. */
  readonly cleanEnv: boolean;
  /** From `[variables]` of epilogue.toml; flags and the env file are added to them by the command. */
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

export const DEFAULT_SETTINGS: Settings = Object.freeze({
  file: null,
  executor: null,
  shell: null,
  image: null,
  docker: null,
  concurrency: null,
  event: 'push',
  envFile: null,
  keep: false,
  cleanEnv: false,
  variables: Object.freeze([]),
});

import { goArchitecture, goPlatform } from './http/go-names.ts';

/** `info` of what a runner says: what it is, and what it can do. */
export interface RunnerInfo {
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly platform: string;
  readonly architecture: string;
  readonly executor: string;
  readonly shell: string;
  readonly features: Readonly<Record<string, boolean>>;
  readonly config: { readonly gpus: string };
  readonly labels?: Readonly<Record<string, string>>;
}

export interface InfoOptions {
  readonly version: string;
  readonly executor: string;
  /** Default: bash. */
  readonly shell?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Which its jobs may use, in the words of its settings. Default: none. */
  readonly gpus?: string;
}

export function runnerInfo({ version, executor, shell = 'bash', labels = {}, gpus = '' }: InfoOptions): RunnerInfo {
  return {
    name: 'epilogue-runner',
    version,
    // Those that are released have no other.
    revision: version,
    platform: goPlatform(),
    architecture: goArchitecture(),
    executor,
    shell,
    features: { ...FEATURES, ...OF_EXECUTORS[executor] },
    config: { gpus },
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/** The same for a server that is known to have our additions. */
export function withAdditions(info: RunnerInfo): RunnerInfo {
  return { ...info, features: { ...info.features, ...ADDITIONS } };
}

/** GitLab's words, each of them, in its order. GitLab keeps jobs from runners that cannot do what they need. */
const FEATURES: Readonly<Record<string, boolean>> = {
  variables: true,
  image: false,
  services: false,
  artifacts: true,
  cache: true,
  fallback_cache_keys: true,
  shared: false,
  upload_multiple_artifacts: true,
  upload_raw_artifacts: true,
  session: false,
  terminal: false,
  refspecs: true,
  masking: true,
  proxy: false,
  raw_variables: true,
  artifacts_exclude: true,
  multi_build_steps: true,
  trace_reset: true,
  trace_checksum: true,
  trace_size: true,
  vault_secrets: false,
  cancelable: true,
  return_exit_code: true,
  service_variables: false,
  service_multiple_aliases: false,
  image_executor_opts: false,
  service_executor_opts: false,
  cancel_gracefully: true,
  native_steps_integration: false,
  two_phase_job_commit: true,
  job_inputs: false,
};

/** What not every executor can do. */
const OF_EXECUTORS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  shell: { shared: true },
  docker: {
    image: true,
    services: true,
    service_variables: true,
    service_multiple_aliases: true,
    image_executor_opts: true,
    service_executor_opts: true,
  },
};

/** Ours. A server that does not know them is not told. */
const ADDITIONS: Readonly<Record<string, boolean>> = {
  graceful_steps: true,
  phases: true,
  cleanup_only: true,
  event_stream: true,
};

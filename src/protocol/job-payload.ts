import type { LifecycleHandler } from './plan.ts';
import type { Cause } from './teardown.ts';
import type { Variable } from './variables/variable.ts';

/**
 * What a coordinator hands to a runner: the 201 body of `POST /api/v4/jobs/request`, field names as on the wire.
 * Source: GitLab's runner protocol; `hooks[].handler`, `steps[].when: graceful` and `teardown_only` are additions.
 */
export interface JobPayload {
  readonly id: number;
  readonly token: string;
  readonly allow_git_fetch: boolean;
  readonly job_info: JobInfo;
  readonly git_info: GitInfo;
  readonly runner_info: { readonly timeout: number };
  readonly variables: readonly Variable[];
  readonly steps: readonly PayloadStep[];
  readonly hooks: readonly PayloadHook[];
  readonly image: PayloadImage | null;
  readonly services: readonly PayloadService[];
  readonly artifacts: readonly PayloadArtifact[] | null;
  readonly cache: readonly PayloadCache[];
  readonly dependencies: readonly PayloadDependency[];
  readonly features: PayloadFeatures;
  /** Hand-out of a lost runner's cleanup: run after_script alone. */
  readonly teardown_only?: boolean;
  readonly cleanup_attempt?: number;
  /** Of a cleanup that is handed out alone: why its job's script is over. */
  readonly teardown?: {
    readonly cause: Cause;
    readonly exit_code: number | null;
    readonly requested_by: string | null;
  };
  /** For images in private registries. Our coordinator has no registry, and gives none. */
  readonly credentials?: readonly PayloadCredential[];
  /** From outside stores, by the names of the variables they are for; our coordinator has none. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Of GitLab's `run` keyword: a JSON list of steps. */
  readonly run?: string;
  /** What `${{ job.inputs.… }}` in its texts stands for. */
  readonly inputs?: readonly unknown[];
  /** Of a job that a policy of GitLab's has added. */
  readonly policy_options?: { readonly execution_policy_job?: boolean; readonly policy_name?: string };
  /** Unique in the world; becomes `EPILOGUE_CLEANUP_KEY`. */
  readonly cleanup_key?: string;
}

export interface JobInfo {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  readonly pipeline_id: number;
  readonly project_id: number;
  readonly project_name: string;
  readonly project_full_path: string;
  readonly user_id?: number | null;
  readonly namespace_id?: number;
  /** Of the first group of its path, or the user's own. */
  readonly root_namespace_id?: number;
  readonly organization_id?: number;
  readonly time_in_queue_seconds?: number;
  /** `0` … `4`, `5+`; `+Inf` for a runner of the project. */
  readonly project_jobs_running_on_instance_runners_count?: string;
}

export interface GitInfo {
  readonly repo_url: string;
  readonly ref: string;
  readonly sha: string;
  readonly before_sha: string;
  readonly ref_type: 'branch' | 'tag';
  readonly refspecs: readonly string[];
  /** 0: whole history. */
  readonly depth: number;
  readonly repo_object_format?: 'sha1' | 'sha256';
  readonly protected?: boolean;
}

export interface PayloadStep {
  readonly name: string;
  readonly script: readonly string[];
  /** s */
  readonly timeout: number;
  readonly when: 'on_success' | 'on_failure' | 'always' | 'graceful';
  readonly allow_failure: boolean;
}

export type HookName = 'pre_get_sources_script' | 'post_get_sources_script' | 'pre_stop_k8s_container_handler';

export interface PayloadHook {
  readonly name: HookName;
  readonly script: readonly string[];
  readonly handler?: LifecycleHandler;
}

export interface PayloadImage {
  readonly name: string;
  readonly entrypoint: readonly string[] | null;
  readonly pull_policy: readonly string[];
  readonly executor_opts: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

export interface PayloadService extends PayloadImage {
  readonly alias: string | null;
  readonly command: readonly string[] | null;
  readonly variables: readonly Variable[];
}

export type ArtifactFormat = 'zip' | 'gzip' | 'raw';

/** One upload. */
export interface PayloadArtifact {
  readonly name: string;
  readonly untracked: boolean;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly when: 'on_success' | 'on_failure' | 'always';
  readonly expire_in: string | null;
  /** `archive`, or a report type such as `dotenv`. */
  readonly artifact_type: string;
  readonly artifact_format: ArtifactFormat;
}

export interface PayloadCache {
  readonly key: string;
  readonly untracked: boolean;
  readonly paths: readonly string[];
  readonly policy: string;
  readonly when: 'on_success' | 'on_failure' | 'always';
  readonly fallback_keys: readonly string[];
}

export interface PayloadCredential {
  /** Those of any other type than `registry` are for nobody. */
  readonly type: string;
  /** The registry, with or without `https://`; a path behind it narrows it down. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface PayloadDependency {
  readonly id: number;
  readonly name: string;
  readonly token: string;
  readonly artifacts_file?: { readonly filename: string; readonly size: number };
}

export interface PayloadFeatures {
  readonly trace_sections: boolean;
  readonly failure_reasons: readonly string[];
  readonly token_mask_prefixes: readonly string[];
}

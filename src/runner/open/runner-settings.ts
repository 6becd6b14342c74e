import type { DockerSettings } from '../../executors/index.ts';

/**
 * What the owner of a runner says of each of its jobs. Plain JSON, frozen in a job's journal before anything of it begins: a job ends with the settings
 * that it began with. The runner's token is not among them.
 */
export interface RunnerSettings {
  readonly executor: 'shell' | 'docker';
  /** Of the docker executor, its engine named; null with another one. */
  readonly docker: DockerSettings | null;
  /** `bash`, `sh`, or a path; null: bash, else sh. */
  readonly shell: string | null;
  /** Absolute; null: `builds` in the working directory. */
  readonly buildsDir: string | null;
  /** Absolute; null: `cache` in the working directory. */
  readonly cacheDir: string | null;
  /** Stands for scheme and host of the repository's address, without a slash at its end. */
  readonly cloneUrl: string | null;
  /** Added to the variables of each job, before the payload's. */
  readonly environment: readonly { readonly key: string; readonly value: string }[];
  readonly preGetSourcesScript: string | null;
  readonly postGetSourcesScript: string | null;
  readonly preBuildScript: string | null;
  readonly postBuildScript: string | null;
  /** Ms; null: the job's own limit. */
  readonly getSourcesTimeoutMs: number | null;
  /** Of what the steps print, where the job itself does not say (`RUNNER_LOG_LIMIT`). */
  readonly outputLimitBytes: number;
  /** `CI_DEBUG_TRACE` has no effect. */
  readonly debugTraceDisabled: boolean;
  /** Go before a job's variables of the same name. */
  readonly featureFlags: Readonly<Record<string, boolean>>;
  /** What `FF_TIMESTAMPS` is where nobody says anything: for servers that take the times off again before they show a log. */
  readonly timestamps: boolean;
  /** `GIT_CLONE_PATH` may be used. */
  readonly customBuildDir: boolean;
  /** Absolute paths of PEM files for whatever speaks to the server; null: the machine's own. */
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
  readonly artifacts: { readonly uploadTimeoutMs: number };
  readonly cache: CacheSettings;
  /** What a cleanup may ask for in all, beyond its budget. */
  readonly extensionLimitMs: number;
}

export interface CacheSettings {
  /** Before the key of each object; empty: none. */
  readonly path: string;
  /** Not apart by runner. */
  readonly shared: boolean;
  /** Null: without limit. */
  readonly maxUploadedArchiveBytes: number | null;
  /** Null: on this machine's disk only. */
  readonly s3: S3CacheSettings | null;
}

export interface S3CacheSettings {
  /** `host` or `host:port`; null: Amazon's. */
  readonly serverAddress: string | null;
  /** Null: from the machine (environment, file, role). */
  readonly keys: {
    readonly accessKey: string;
    readonly secretKey: string;
    readonly sessionToken: string | null;
  } | null;
  readonly bucket: string;
  readonly region: string | null;
  /** Over http. */
  readonly insecure: boolean;
  /** Null: as the address has it: Amazon's by host, others by path. */
  readonly pathStyle: boolean | null;
  readonly serverSideEncryption: 'S3' | 'KMS' | null;
  readonly serverSideEncryptionKeyId: string | null;
}

/** Of a runner whose owner says nothing. Source: GitLab's runner. */
export const DEFAULT_RUNNER_SETTINGS: RunnerSettings = Object.freeze({
  executor: 'shell',
  docker: null,
  shell: null,
  buildsDir: null,
  cacheDir: null,
  cloneUrl: null,
  environment: [],
  preGetSourcesScript: null,
  postGetSourcesScript: null,
  preBuildScript: null,
  postBuildScript: null,
  getSourcesTimeoutMs: null,
  outputLimitBytes: 4096 * 1024,
  debugTraceDisabled: false,
  featureFlags: {},
  timestamps: false,
  customBuildDir: false,
  tls: { caFile: null, certFile: null, keyFile: null },
  artifacts: { uploadTimeoutMs: 60 * 60_000 },
  cache: { path: '', shared: false, maxUploadedArchiveBytes: null, s3: null },
  extensionLimitMs: 10 * 60_000,
});

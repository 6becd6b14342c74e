import type { FailureReason } from './failure-reason.ts';
import type { Variable } from './variables/variable.ts';

/** A pipeline as the compiler hands it out: every rule decided, every default applied, every name resolved. */
export interface Plan {
  /** `workflow:name`, expanded; null when not given. */
  readonly name: string | null;
  /** In order, `.pre` and `.post` included; only stages that have a job. */
  readonly stages: readonly string[];
  /** Root variables plus those of the matching workflow rule. */
  readonly variables: readonly Variable[];
  readonly autoCancel: AutoCancel;
  /** In the order of the file; parallel instances next to each other. */
  readonly jobs: readonly PlannedJob[];
  /** Jobs of the file that its rules left out, in the order of the file. Not there: the plan was kept by a version that did not note them. */
  readonly leftOut?: readonly LeftOutJob[];
}

export interface LeftOutJob {
  readonly name: string;
  readonly stage: string;
  /** For people, such as `no rule matched`. */
  readonly reason: string;
}

export interface AutoCancel {
  readonly onNewCommit: 'conservative' | 'interruptible' | 'none';
  readonly onJobFailure: 'none' | 'all';
}

export const WHENS = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] as const;
export type When = (typeof WHENS)[number];

/** Whether a newer pipeline may cancel the job, and whether its teardown is guaranteed even when its runner is lost. */
export type Interruptible = false | true | 'graceful';

/** What scheduling needs to know of a job. Everything the lifecycle reads is here. */
export interface JobRules {
  readonly name: string;
  /** Index into `Plan.stages`. */
  readonly stageIndex: number;
  readonly when: When;
  /** ms; only with `when: delayed`. */
  readonly startInMs: number | null;
  readonly allowFailure: AllowFailure;
  /** null: stage mode. Names are resolved: parallel jobs appear as their instances, absent optional ones are left out. */
  readonly needs: readonly Need[] | null;
  readonly interruptible: Interruptible;
  readonly retry: Retry;
  /** Expanded key; null when the job is in no resource group. */
  readonly resourceGroup: string | null;
  /** Trigger jobs start a child pipeline instead of running on a runner. */
  readonly isTrigger: boolean;
}

/** `true` and `false` are absolute; a list allows just these exit codes. */
export type AllowFailure = boolean | { readonly exitCodes: readonly number[] };

export interface Need {
  readonly job: string;
  readonly artifacts: boolean;
}

export interface Retry {
  readonly max: number;
  /** `always` stands for every reason; empty together with `exitCodes`: exit codes alone decide. */
  readonly when: readonly (FailureReason | 'always')[];
  readonly exitCodes: readonly number[];
}

export interface PlannedJob extends JobRules {
  /** Name without the index or matrix part of a parallel job. */
  readonly groupName: string;
  readonly stage: string;
  /** Position among the parallel instances, from 1; null for an ordinary job. */
  readonly node: { readonly index: number; readonly total: number } | null;
  /** Job names whose artifacts are fetched before the script starts; resolved. */
  readonly dependencies: readonly string[];
  /** Root (as `inherit:variables` lets them through), job, matrix and rule variables, later ones win, unexpanded. */
  readonly variables: readonly Variable[];
  readonly beforeScript: readonly string[];
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  readonly hooks: Hooks;
  /** ms; null: the project's default. */
  readonly timeoutMs: number | null;
  readonly image: Image | null;
  readonly services: readonly Service[];
  readonly tags: readonly string[];
  readonly cache: readonly CacheRule[];
  readonly artifacts: ArtifactRule | null;
  readonly environment: Environment | null;
  readonly trigger: Trigger | null;
  readonly coverage: string | null;
  readonly manualConfirmation: string | null;
  /** Which of its rules decided that it runs, for people. Not there: the plan was kept by a version that did not note it. */
  readonly reason?: string;
}

export interface Hooks {
  readonly preGetSourcesScript: readonly string[];
  readonly preStopK8sContainerHandler: LifecycleHandler | null;
}

/** Exactly one field is present. Strings may still hold variables; the executor expands them. */
export type LifecycleHandler =
  | { readonly exec: readonly string[] }
  | { readonly tcp_socket: { readonly port: number | string; readonly host?: string } }
  | {
      readonly http_get: {
        readonly port: number | string;
        readonly host?: string;
        readonly path?: string;
        readonly scheme?: string;
        readonly http_headers?: readonly { readonly name: string; readonly value: string }[];
      };
    };

export interface Image {
  readonly name: string;
  readonly entrypoint: readonly string[] | null;
  readonly pullPolicy: readonly string[];
  /** `docker` and `kubernetes` options as written. */
  readonly executorOpts: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

export interface Service extends Image {
  readonly alias: string | null;
  readonly command: readonly string[] | null;
  readonly variables: readonly Variable[];
}

export type SaveWhen = 'on_success' | 'on_failure' | 'always';

export interface CacheRule {
  /** `files` keys are resolved by the compiler's caller; here the key is text and may hold variables. */
  readonly key: string;
  /** Files whose content makes the key; empty when the key is plain text. */
  readonly keyFiles: readonly string[];
  readonly fallbackKeys: readonly string[];
  readonly paths: readonly string[];
  readonly untracked: boolean;
  readonly policy: string;
  readonly when: SaveWhen;
}

/** Who may download a job's artifacts. `none`: nobody; other jobs of the project that depend on it still get them. */
export type ArtifactAccess = 'all' | 'developer' | 'maintainer' | 'none';

export interface ArtifactRule {
  readonly name: string | null;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly untracked: boolean;
  readonly when: SaveWhen;
  /** As written, such as `1 week`; null: the default. */
  readonly expireIn: string | null;
  readonly access: ArtifactAccess;
  readonly exposeAs: string | null;
  /** Report type → paths. */
  readonly reports: Readonly<Record<string, readonly string[]>>;
}

export interface Environment {
  readonly name: string;
  readonly url: string | null;
  readonly action: 'start' | 'prepare' | 'stop' | 'verify' | 'access';
  readonly onStop: string | null;
  readonly autoStopIn: string | null;
  readonly deploymentTier: string | null;
}

export interface Trigger {
  /** `inputs`: values for `spec:inputs` of the file; left out: none. */
  readonly include: readonly { readonly local: string; readonly inputs?: Readonly<Record<string, unknown>> }[];
  readonly project: string | null;
  readonly branch: string | null;
  readonly strategy: 'none' | 'depend' | 'mirror';
  readonly forward: { readonly yamlVariables: boolean; readonly pipelineVariables: boolean };
}

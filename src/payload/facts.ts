import type { Cause, FailureReason, PayloadDependency, PlannedJob, Variable } from '../protocol/index.ts';

/** Where the web side of the server is; in a local run, of the one that the checkout came from. */
export interface ServerFacts {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: string;
  /** Of the program; null: nobody knows. */
  readonly version: string | null;
}

export interface ProjectFacts {
  readonly id: number;
  /** The last part of `path`. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly description: string;
  readonly visibility: 'private' | 'internal' | 'public';
  /** With its namespace, such as `group/app`. */
  readonly path: string;
  /** All of it, such as `group/sub`. */
  readonly namespace: string;
  /** Null: there are none, as in a local run. */
  readonly namespaceId: number | null;
  readonly defaultBranch: string;
}

export interface CommitFacts {
  readonly sha: string;
  /** What the ref was at before; zeros when there is nothing before. */
  readonly beforeSha: string;
  /** As written, with the line break at its end if there is one. */
  readonly message: string;
  readonly title: string;
  /** `Name <address>`. */
  readonly author: string;
  /** When it was committed, ISO 8601. */
  readonly timestamp: string;
}

export interface RefFacts {
  readonly name: string;
  readonly kind: 'branch' | 'tag';
  readonly isProtected: boolean;
  /** What was written into a tag; empty: nothing, or a branch. */
  readonly tagMessage: string;
}

/** Of a child pipeline: the trigger job that made it. */
export interface UpstreamFacts {
  readonly projectId: number;
  readonly pipelineId: number;
  readonly jobId: number;
}

export interface MergeRequestFacts {
  readonly id: number;
  readonly iid: number;
  readonly title: string;
  readonly targetBranch: string;
  /** null: not known. */
  readonly diffBaseSha: string | null;
}

/** A pipeline before it has any job: what GitLab knows when it reads `include` and `rules`. */
export interface PipelineFacts {
  readonly server: ServerFacts;
  readonly project: ProjectFacts;
  readonly commit: CommitFacts;
  /** Of a merge request, the source branch. */
  readonly ref: RefFacts;
  readonly mergeRequest: MergeRequestFacts | null;
  /** Null: nobody's child, or nobody knows. */
  readonly upstream: UpstreamFacts | null;
  /** `workflow:name`; null: none, or not known yet. */
  readonly name: string | null;
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  /** From the top of the repository. */
  readonly configPath: string;
  /** UTC ms. */
  readonly createdAt: number;
}

/** What all payloads of a pipeline share. */
export interface PayloadFacts {
  readonly project: Pick<ProjectFacts, 'id' | 'name' | 'path'>;
  readonly git: {
    readonly ref: string;
    readonly refType: 'branch' | 'tag';
    readonly sha: string;
    readonly beforeSha: string;
  };
  /** `CI_*` of server, project, commit and pipeline. */
  readonly predefined: readonly Variable[];
  /** From outside the file, such as `--var` and `--env-file`: these win over everything in it. */
  readonly given: readonly Variable[];
}

/** What the payload of one attempt at one job is made of. */
export interface JobFacts extends PayloadFacts {
  readonly id: number;
  /** `EPILOGUE_CLEANUP_KEY`: unique in the world, the same for every attempt at the job's cleanup. */
  readonly cleanupKey: string;
  readonly pipelineId: number;
  readonly job: PlannedJob;
  /** Where the sources come from. */
  readonly repository: string;
  /** From the dotenv reports of the jobs this one depends on. */
  readonly dotenv: readonly Variable[];
  readonly dependencies: readonly PayloadDependency[];
  readonly retryCount: number;
  /** UTC ms. */
  readonly startedAt: number;
  /** What only a coordinator knows; null in a local run. */
  readonly served: ServedFacts | null;
}

/** What a runner that takes its jobs over HTTP has to be told beside. */
export interface ServedFacts {
  readonly pipelineIid: number;
  /** The job token of this attempt. */
  readonly token: string;
  readonly jobUrl: string;
  readonly pipelineUrl: string;
  readonly sources: SourceFacts;
  /** Variables of instance and project: over those of the file, under those given. */
  readonly configured: readonly Variable[];
  readonly runner: { readonly id: number; readonly description: string; readonly tags: readonly string[] };
  /** Who started the job. */
  readonly user: UserFacts | null;
  /** Ids; `root`: of the first part of the project's path. */
  readonly namespaces: { readonly own: number; readonly root: number };
  /** Other jobs of the project that runners for all projects have now, a few at most; null: this runner is not for all. */
  readonly besides: number | null;
  /** s; project, job and runner considered. */
  readonly timeout: number;
  /** How long the job has waited, s. */
  readonly queuedSeconds: number;
  /** The runner knows `when: graceful`. */
  readonly hasGracefulSteps: boolean;
  readonly failureReasons: readonly FailureReason[];
  /** Its cleanup alone is handed out; null: the whole job. */
  readonly cleanup: CleanupFacts | null;
}

export interface SourceFacts {
  /** Commits, unless the job's `GIT_DEPTH` says otherwise; 0: all. */
  readonly depth: number;
  readonly mayFetch: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly isProtected: boolean;
}

export interface UserFacts {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly email: string;
}

export interface CleanupFacts {
  /** From 1; the job's own runner had the first. */
  readonly attempt: number;
  readonly cause: Cause;
  readonly exitCode: number | null;
  /** Who cancelled the job. */
  readonly requestedBy: string | null;
}

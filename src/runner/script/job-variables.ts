import type { JobPayload } from '../../protocol/index.ts';

/** What only the runner knows about a job's surroundings. */
export interface Surroundings {
  readonly projectDir: string;
  readonly buildsDir: string;
  /** The job has its machine or container for itself. */
  readonly disposable: boolean;
  readonly runnerVersion: string;
  readonly runnerRevision: string;
  /** Such as `linux/amd64`. */
  readonly architecture: string;
  readonly concurrentId: number;
  readonly concurrentProjectId: number;
  readonly shortToken: string;
}

export interface Export {
  readonly key: string;
  readonly value: string;
}

/** A file that a variable stands for: what the step writes (0600) before its first command. */
export interface VariableFile {
  readonly path: string;
  readonly content: string;
}

export interface JobVariables {
  /** Expanded, in order of first appearance, one per key. File variables hold their path. */
  readonly exports: readonly Export[];
  readonly files: readonly VariableFile[];
  /** What the log must not show. */
  readonly maskedValues: readonly string[];
  readonly warnings: readonly string[];
  /** Expanded value; of a file variable its path. */
  get(key: string): string | undefined;
  /** Replaces `$X` and `${X}` once; `$$` is `$`, an unknown name nothing. For artifact names, paths, cache keys. */
  expand(text: string): string;
}

/**
 * The variables of a step. Later duplicates win: runner's first ones (`CI_PROJECT_DIR`, …), the payload's, the runner's facts
 * (`CI_RUNNER_VERSION`, …), at last `overrides` (`CI_JOB_STATUS` and the cleanup variables), taken as they are.
 */
export declare function jobVariables(
  payload: JobPayload,
  surroundings: Surroundings,
  overrides?: Readonly<Record<string, string>>,
): JobVariables;

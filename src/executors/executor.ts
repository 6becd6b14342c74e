import type { Readable } from 'node:stream';

/**
 * Where the steps of a job run. One contract for every back end; no executor has teardown code of its own.
 *
 * Order of calls: `prepare` once per runner process and job (again after a restart, with the same `JobPlace`), then on the
 * `Place` any number of `start` / `look` / `readLog` / `changed` / `signal` / `collect` / `deliver`, at last `clean`.
 * Every call may be repeated; `clean` may follow a crash half-way through `prepare` or an earlier `clean`.
 * A step does not depend on this process or on a connection: all that is known about it lies in its directory.
 */
export interface Executor {
  /** `shell`, `docker`, `kubernetes`, `scripted`. */
  readonly name: string;
  /**
   * Makes the job's place, or finds the one that an earlier process made. Idempotent.
   * @throws Failure `executor_unavailable` when the place cannot be had (no shell, no space, …); nothing has run then.
   */
  prepare(job: JobPlace, signal: AbortSignal): Promise<Place>;
}

export interface JobPlace {
  /** Holds one directory a step; exists, mode 0700, on the runner's machine. */
  readonly stepsDir: string;
  /** `CI_PROJECT_DIR` on the runner's machine; `prepare` creates it when it is not there. */
  readonly projectDir: string;
  /** Carried as `EPILOGUE_JOB_COOKIE` by every process of the job; unique and hard to guess. */
  readonly cookie: string;
  /** Environment that steps start with, before their script's own exports. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StepSpec {
  /** Directory name below `stepsDir`: letters, digits, `_`, `-`. Starting the same id twice runs it once. */
  readonly id: string;
  /** The whole shell script. */
  readonly script: string;
}

export type StepState =
  /** No wrapper has claimed the step. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  /** `code` as a shell reports it: 128 + n for signal n. */
  | { readonly kind: 'ended'; readonly code: number }
  /** The wrapper is gone and left no exit code (killed from outside, host restarted). It will never end. */
  | { readonly kind: 'vanished' };

export interface Place {
  /** Which shell runs the steps' scripts. */
  readonly shell: 'bash' | 'sh';
  /** `CI_PROJECT_DIR` as the steps see it. */
  readonly projectDir: string;
  /**
   * Starts a step in a session of its own and returns once it is claimed. A step that was started before, by this process or
   * by an earlier one, is left as it is.
   * @throws Failure `step_not_started` with the reason (no space, missing shell).
   */
  start(step: StepSpec): Promise<void>;
  /**
   * Makes sure that a step which nobody has claimed yet never starts; a step that was claimed is left as it is. For a runner that
   * takes over a job whose last runner died between announcing a step and starting it.
   */
  forbid(stepId: string): Promise<void>;
  look(stepId: string): Promise<StepState>;
  /** Reads log bytes from `offset` into `into`; resolves to their count, 0 when there are none (yet). */
  readLog(stepId: string, offset: number, into: Uint8Array): Promise<number>;
  /**
   * Resolves when the step's log may have grown or the step may have ended, at the latest after `maxMs` or when `signal` aborts.
   * A hint: callers look afterwards, and looking alone must be enough.
   */
  changed(stepId: string, maxMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Sends a signal to every process of the job: the sessions of its steps, every process that carries the cookie, and their
   * descendants. Wrappers are spared as long as anything else of their step lives, so that they can still write `exit`.
   * @returns how many processes (wrappers not counted) were found; 0 means the tree is dead. `'none'` only counts.
   */
  signal(signal: 'TERM' | 'KILL' | 'none'): Promise<number>;
  /** Files of the project directory, in path order; symlinks are entries, never followed. See `FileSelection`. */
  collect(selection: FileSelection, signal: AbortSignal): AsyncIterable<CollectedFile>;
  /** Writes files into the project directory. Refuses, with a Failure, a path that leaves it, also through a symlink. */
  deliver(files: AsyncIterable<CollectedFile>, signal: AbortSignal): Promise<void>;
  /** Kills what is left (KILL) and removes what `prepare` made. Step directories belong to the runner and stay. */
  clean(): Promise<void>;
}

export interface FileSelection {
  /** Globs relative to the project directory, `**` included; a directory stands for all below it. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Also every file that git does not track, ignored ones included. */
  readonly untracked: boolean;
}

export interface CollectedFile {
  /** Relative to the project directory, `/`-separated, no leading `./`, no trailing `/`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  /** Content of a file, target of a symlink; empty for a directory. */
  open(): Readable;
}

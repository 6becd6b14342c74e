import type { Readable } from 'node:stream';
import type { LifecycleHandler, PayloadCredential, PayloadImage, PayloadService } from '../protocol/index.ts';

/**
 * Where the steps of a job run. One contract for every back end; no executor has teardown code of its own.
 *
 * Order of calls: `prepare` once per runner process and job (again after a restart, with the same `JobSpec`), then on the `Place`
 * whatever the job needs, at last `clean`. A step does not depend on this process or on a connection: what is known about it
 * lies in its place or in `stepsDir`.
 *
 * For every method, unless it says otherwise:
 * - it may be called twice, also by two processes, and after the same call failed or was cut off half-way;
 * - calls may run at once, with each other and for different steps;
 * - what failed before forbids nothing: a cleanup is started in a place whose `deliverTree` or `start` failed;
 * - trouble with the back end that may pass (a lost connection, a busy daemon) is retried inside, within the executor's own limits.
 *   What does not pass is a `Failure` with a reason, or a state `lost` or `evicted`; no system error comes out as it is.
 */
export interface Executor {
  /** `shell`, `docker`, `kubernetes`, `scripted`. */
  readonly name: string;
  /**
   * Makes the job's place, or finds the one that an earlier process made. A place that is gone for good is made anew, empty, and the
   * steps that ran in the old one have `vanished`. Where a step was started before, only what would keep everything from being stopped
   * is a reason to fail: a full disk, say, is not; it fails `start`.
   * `say` gets what is worth telling the job's readers meanwhile: an image is pulled, a service started.
   * When `signal` aborts (cancel, timeout, force) it gives up and takes back what it has made.
   * @throws Failure `executor_unavailable` when the place cannot be had (no shell, no space, no such image), `canceled` when the
   * signal was the reason. Nothing has run then, and nothing is left, unless this process dies first: then `prepare` + `clean` remove it.
   */
  prepare(job: JobSpec, signal: AbortSignal, say?: Say): Promise<Place>;
}

/** Takes a line for the job's log, without its end. One that begins with `WARNING: ` is shown as one. */
export type Say = (line: string) => void;

/** All that an executor is told about a job. The same, word for word, for every `prepare` of one job. */
export interface JobSpec {
  /**
   * On the runner's machine; exists, mode 0700, and outlives runner and place. One directory a step lies there: the step itself where
   * it runs on this machine, else a copy that is filled from its place, and what is needed to find that again.
   */
  readonly stepsDir: string;
  /** `CI_PROJECT_DIR`: on this machine for the shell executor, inside of the place for others. `prepare` creates it. */
  readonly projectDir: string;
  /** Carried as `EPILOGUE_JOB_COOKIE` by every process of the job; unique and hard to guess. */
  readonly cookie: string;
  /** Environment of the runner's machine: of programs that work for the job there, and of steps where they run there, before their script's own exports. */
  readonly environment: Readonly<Record<string, string>>;
  /** null: the job names none. Variables in its name and options are expanded. */
  readonly image: PayloadImage | null;
  /** As the payload has them: whoever starts them expands what is theirs, which may name variables of their own. */
  readonly services: readonly PayloadService[];
  /** For images in private registries. */
  readonly credentials?: readonly PayloadCredential[];
  /** Of `variables` those that services may know: neither masked nor hidden, and no files. */
  readonly publicVariables?: Readonly<Record<string, string>>;
  /** The job's variables, expanded: what an executor is configured by. Scripts export them themselves. */
  readonly variables: Readonly<Record<string, string>>;
  /** `pre_stop_k8s_container_handler`; executors other than kubernetes ignore it. */
  readonly preStopHandler: LifecycleHandler | null;
}

export interface StepSpec {
  /** Names the step within its job: letters, digits, `_`, `-`. Starting the same id twice runs it once. */
  readonly id: string;
  /** The whole shell script. */
  readonly script: string;
}

/** What its readers should know about a step's end: memory was used up, a service has died. A sentence each. */
type Remarks = readonly string[];

export type StepState =
  /** No wrapper has claimed the step. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  /** `code` as a shell reports it: 128 + n for signal n. */
  | { readonly kind: 'ended'; readonly code: number; readonly remarks?: Remarks }
  /** The wrapper is gone and left no exit code (killed from outside, host restarted, its place gone). It will never end. */
  | { readonly kind: 'vanished'; readonly remarks?: Remarks }
  /** Nothing was heard of the place for longer than the executor waits. Nothing will come of the step any more. */
  | { readonly kind: 'lost'; readonly reason: string }
  /**
   * The place was told to go (pod deleted, node drained). As long as it is there the step runs on, and others can start. Once it is gone
   * (`isGone`) the step is, too; what starts then starts in another place.
   */
  | { readonly kind: 'evicted'; readonly reason: string; readonly isGone: boolean };

/** A process of the job, to be named in messages. */
export interface JobProcess {
  /** As its place counts. */
  readonly pid: number;
  /** The program's name, without arguments, which may hold secrets; chosen by the job, so control characters are possible. */
  readonly name: string;
}

/** What a job has on the runner's machine. */
export interface PlaceOnHost {
  /** The project directory; null: it is not reached from there. */
  readonly dir: string | null;
  /** Of programs that work there for the job (git): by it they are found, and stopped with all that the job runs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Before a program begins: what steps have left there becomes the runner's own, as far as that can be done. Not given where it always is. Never rejects. */
  readonly takeBack?: () => Promise<void>;
}

/** No path of the runner's machine goes in or out, but `stepsDir`, `host.dir` and the source of `deliverTree`. */
export interface Place {
  /** Which shell runs the steps' scripts. */
  readonly shell: 'bash' | 'sh';
  /** `CI_PROJECT_DIR` as the steps see it. */
  readonly projectDir: string;
  readonly host: PlaceOnHost;
  /** For variable files and `GITLAB_ENV`, as the steps see it: outside of the project directory, private, gone after `clean`. */
  readonly temporaryDir: string;
  /**
   * Starts a step in a session of its own and returns once it is claimed. A step that was started before, by this process or
   * by an earlier one, is left as it is. It begins in the project directory or, when that cannot be entered, anywhere else:
   * a script that cares changes directory itself, and says so when it cannot. A place that is away is waited for, but no longer than
   * `START_PATIENCE_MS`: a budget has to be able to end that.
   * @throws Failure `step_not_started` with the reason (no space, missing shell): it can be tried again, and may have begun
   * all the same. `step_forbidden`, `step_used_up` (see `STEP_FORBIDDEN`, `STEP_USED_UP`): it never begins.
   */
  start(step: StepSpec): Promise<void>;
  /**
   * For a step that nobody has started yet: takes out of its place what a script has put there, so that `start` finds nothing there but what
   * `reserve` made. Not for a step that another process may be starting. @throws Failure when that cannot be done; another id is free then.
   */
  clear(stepId: string): Promise<void>;
  /**
   * Takes the room on the disk that `start` will need for a script like this one, so that it can be started when nothing is free any more.
   * May be called again; a step that was claimed is left as it is. @throws a Failure or the system's error when there is no room.
   */
  reserve(step: StepSpec): Promise<void>;
  /**
   * Makes sure that a step which nobody has claimed yet never starts; a step that was claimed is left as it is. For a runner that
   * takes over a job whose last runner died between announcing a step and starting it.
   */
  forbid(stepId: string): Promise<void>;
  /** Once it has answered anything but `absent`, `running`, or `evicted` from a place that is still there, that is final. Never rejects for a place that is gone or away. */
  look(stepId: string): Promise<StepState>;
  /**
   * Reads log bytes from `offset` into `into`; resolves to their count, 0 when there are none (yet). The same offset gives the same
   * bytes, for ever and to any reader, but for what `cutLog` took. What a place took with it when it was lost is missing at the end.
   */
  readLog(stepId: string, offset: number, into: Uint8Array): Promise<number>;
  /**
   * What a step has written for the runner to a small file of that name in `temporaryDir`; null: there is none. Asked for every second while
   * a cleanup runs.
   * @throws Failure `note_unreadable`: something else lies there (a link, a pipe, a directory), or more than `MAX_NOTE_BYTES`.
   */
  readNote(name: string): Promise<string | null>;
  /**
   * Throws away what the step's log holds beyond so many bytes, so that a script which prints without end does not fill the disk; what it
   * prints next lies right behind them. At any time, also again. @returns how many bytes were thrown away.
   */
  cutLog(stepId: string, sizeBytes: number): Promise<number>;
  /**
   * Resolves when the step's log may have grown or the step may have ended, at the latest after `maxMs` or when `signal` aborts.
   * A hint: callers look afterwards, and looking alone must be enough.
   */
  changed(stepId: string, maxMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Sends a signal to every process of the job: the sessions of its steps, every process that carries the cookie, and their
   * descendants, those that work for it on the runner's machine (`host`) included. Wrappers are spared as long as anything else of their step lives, so that they can still write `exit`.
   * @returns the processes that were found (wrappers left out); none means that the tree is dead. `'none'` only looks.
   */
  signal(signal: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]>;
  /**
   * Waits until the tree is dead, at most `maxMs`, less when `signal` aborts; sends nothing. Cheaper than looking in a loop, because
   * all jobs on one machine share the looks.
   * @returns what is still alive, as `signal('none')` would.
   */
  untilDead(maxMs: number, signal?: AbortSignal): Promise<readonly JobProcess[]>;
  /**
   * The runs of Epilogue that steps of this job started and that have neither ended nor been recovered: each put itself down, as a script
   * that recovers it, in the directory that steps know as `EPILOGUE_NESTED_RUNS`. Until `disownNestedRuns`, `signal` and `untilDead`
   * pass over the processes of their jobs (started with `EPILOGUE_RUN=<name>`) and what descends from them; `clean` spares nobody.
   */
  nestedRuns(): Promise<readonly string[]>;
  /** From now on nothing of them is spared, and `nestedRuns` answers none. */
  disownNestedRuns(): Promise<void>;
  /**
   * A directory of the runner's machine becomes the content of the project directory; what was there before goes. The copy shares
   * nothing with it that a change could reach. Not at once with itself, or with steps that use the directory.
   * @throws Failure `no_space`, `target_unwritable`, `target_not_empty`, `source_unreadable`, `canceled`, `place_lost`, …; the project
   * directory is then empty or gone.
   */
  deliverTree(directory: string, signal: AbortSignal): Promise<void>;
  /**
   * Files of the project directory, in path order. A symlink is an entry; it is followed only where a pattern names it outright
   * (`link/app`, `link/*`) and it leads to a directory of the project. What cannot be read is passed over and told to `leftOut`.
   */
  collect(
    selection: FileSelection,
    signal: AbortSignal,
    leftOut?: (path: string, reason: string) => void,
  ): AsyncIterable<CollectedFile>;
  /**
   * Writes files into the project directory. Refuses, with a Failure, a path that leaves it, also through a symlink. Cut off half-way,
   * some files are there and some are not.
   */
  deliver(files: AsyncIterable<CollectedFile>, signal: AbortSignal): Promise<void>;
  /**
   * Kills what is left (KILL) and removes what `prepare` made; with `keepFiles` all but the directories, for somebody to look at. What a
   * step left in `stepsDir` belongs to the runner and stays: `look` and `readLog` go on answering. The last call but for those; another
   * `prepare` begins anew.
   * @throws Failure that names what could not be killed or removed; the rest is gone.
   */
  clean(keepFiles?: boolean): Promise<void>;
}

export const MAX_NOTE_BYTES = 32;

/** How long `start` waits for a place that is away. */
export const START_PATIENCE_MS = 2 * 60_000;

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

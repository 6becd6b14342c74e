import type { Place } from '../executors/index.ts';
import type { Cause, Cleanup, PayloadDependency, Phase } from '../protocol/index.ts';
import type { SavedArtifact } from './journal/move.ts';

/**
 * What a job needs of the world around the runner, be it this process or a coordinator behind a slow network. Two kinds of calls:
 *
 * *Asking* waits for an answer, with a signal: it aborts when the job is interrupted or the budget of that part is used up, and from then on
 * nobody waits for the answer any more. May fail with a Failure; each may be asked again after a failure or by a runner that took the job over.
 *
 * *Telling* returns at once and cannot fail: whoever needs time or a network for it keeps a queue of its own. Nothing in a job, above all no
 * teardown, waits for it. What is told is on disk already, in the journal or in the spool.
 */
export interface JobPorts extends JobQuestions, JobNews {
  readonly cacheDir: string;
  /** Where caches lie that other machines have, too; left out: nowhere but in `cacheDir`. */
  readonly cacheStore?: CacheStore;
}

/** Each call has a deadline of its own. */
export interface CacheStore {
  /** The archive under a key into a file, which is there whole or not at all. @returns whether there is one. @throws Failure `cache_store_failed` */
  fetch(key: string, file: string, signal: AbortSignal): Promise<boolean>;
  /** @throws Failure `cache_store_failed`, `archive_too_large` */
  put(file: string, key: string, signal: AbortSignal): Promise<void>;
}

export interface JobQuestions {
  /**
   * Asked before the first user command of a job. `refused`: the job is no longer this runner's (cancelled, taken back); it runs no user
   * command and owes nothing.
   */
  askToStart(signal: AbortSignal): Promise<'accepted' | 'refused'>;
  /**
   * Fills the project directory with the sources, whatever lies in it. Once the signal has aborted, the teardown waits for it to let go of
   * the directory, 5 s at most. `say` adds to the job's log.
   */
  getSources(place: Place, signal: AbortSignal, say: (text: string) => void): Promise<void>;
  /** Path, on the runner's machine, of the archive of an earlier job's artifacts; null: that job kept none. */
  dependencyArchive(dependency: PayloadDependency, signal: AbortSignal): Promise<string | null>;
  /**
   * Takes a packed artifact out of the job's directory to where it is kept, and answers the artifact with the path at which it is found from
   * now on. Called for each one after the move `saved`, before `finished`; again for the same one when a runner died in between.
   */
  keep(artifact: SavedArtifact, signal: AbortSignal): Promise<SavedArtifact>;
}

export interface JobNews {
  phase(change: PhaseChange): void;
  /** The cleanup was granted more time; told again by whoever takes the job over. */
  extended(extension: Extended): void;
  /** The cleanup is over, or was not owed; told before artifacts are saved. */
  cleaned(cleanup: Cleanup): void;
  /**
   * The spool has so many bytes now, all of them final: masked, valid UTF-8, cut between characters. Told first when the log is opened, with
   * what an earlier runner has left in it. Whoever wants the bytes reads the file, at its own pace.
   */
  logGrew(sizeBytes: number): void;
  /** Trouble that the job's log may not be able to tell. */
  trouble(message: string): void;
}

export interface Extended {
  /** Of the teardown. */
  readonly cause: Cause;
  /** In all. */
  readonly extraMs: number;
  /** UTC ms by when after_script has ended now, one way or another. */
  readonly deadline: number;
}

export interface PhaseChange {
  readonly phase: Phase;
  readonly cause: Cause | null;
  /** In teardown: UTC ms by when after_script has ended, one way or another; null: none is owed (any more). */
  readonly deadline: number | null;
}

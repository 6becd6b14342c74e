import type { Readable, Writable } from 'node:stream';
import type { Say } from '../executor.ts';

/**
 * All that a back end owns of a place that is not on this machine: where the container of one job is, and how a program is run in it. The rest of `Place` is made of that, in this room.
 * It remembers nothing of steps and tries nothing again: that is done once, by its callers, with one clock for all calls of a job.
 *
 * Whatever does not answer is a Failure `reach_cut`: what was asked may have been done, or be done later. Every call ends by itself within 30 s (`open` within its signal).
 */
export interface Reach {
  /** For messages: `the Docker Engine at tcp://build:2376`, `pod ci/epilogue-1f…`. */
  readonly name: string;
  /** As steps see it: the directory of a volume that outlives the container. It holds `steps/`, `nested-runs/`, `turn`, and what the first process has noted. */
  readonly stateDir: string;
  /**
   * The container runs then: found, started again, or made anew with the volumes that it had. Called twice, also by two processes, it finds the same one.
   * @throws Failure `executor_unavailable` (it cannot be had, and why), `canceled`, `reach_cut`
   */
  open(signal: AbortSignal, say: Say): Promise<RemoteContainer>;
  /**
   * Runs a program in a container to its end; resolves when its streams are open. Who has them reads them, or destroys them.
   * @param containerId of `open`. A program is never run in another container than this
   * @param words the program's: short and nothing secret, for they are in addresses, events and logs
   * @throws Failure `reach_cut`; `container_gone`: it does not run, or is not there any more
   */
  exec(containerId: string, words: readonly string[], options: ExecOptions): Promise<ExecStreams>;
  /** @throws Failure `reach_cut` */
  state(): Promise<ReachState>;
  /**
   * Unpacks a tar (GNU's format) below a directory of the container without any program in it; null: only by `exec`.
   * @throws Failure `reach_cut`, `container_gone`, `no_space`
   */
  readonly send: ((containerId: string, directory: string, tar: Readable, signal: AbortSignal) => Promise<void>) | null;
  /**
   * Container or pod by their ids, volumes, network, services, secrets; with `keepFiles` it stops them only. Twice.
   * @throws Failure `place_left` that names what is there still; `reach_cut`
   */
  remove(keepFiles: boolean): Promise<void>;
}

export interface RemoteContainer {
  /** Another one than before: its processes are gone, its volumes are there. Changes with each start of it too, where its processes end with that. */
  readonly id: string;
  /** What the first process has noted of itself: see `WAITING_SCRIPT`. */
  readonly hasBash: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly waiter: number;
  /** `<pid>:<start time>` of processes that were there before the job's. */
  readonly spared: readonly string[];
}

export interface ExecOptions {
  /** `user`: the container's own. `root`: whoever may signal and empty anything there; where the back end has no such (Kubernetes) it is the user, too. */
  readonly as: 'user' | 'root';
  readonly signal: AbortSignal;
}

/** Of one running program. Its connection may end at any moment without the program ending. */
export interface ExecStreams {
  /** Takes so many bytes as are written, with back pressure. Whether its end arrives is nobody's promise: programs count. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit code, once both outputs have ended. Rejects with `reach_cut` when it is not known. Never left unhandled: it has a handler of its own. May cost a request: asked for by whoever needs it. */
  readonly code: Promise<number>;
  /** Gives the connection up. Nothing is said about the program. */
  close(): void;
}

export type ReachState =
  | { readonly kind: 'running'; readonly containerId: string }
  /** It was told to go (pod deleted, node drained), and is there until `untilMs` (wall clock) at most. */
  | { readonly kind: 'leaving'; readonly containerId: string; readonly reason: string; readonly untilMs: number }
  /** It is there and does not run. `remarks`: why, where that is known (memory was used up). */
  | { readonly kind: 'stopped'; readonly remarks: readonly string[] }
  /** Not there any more, or never to be running again. */
  | { readonly kind: 'gone'; readonly reason: string };

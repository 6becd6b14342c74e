import type { FaultProxy, Passing } from '../support/fault-proxy.ts';
import type { Phase } from './phases.ts';

/** What a cell asks for beside what all have. */
export interface CellJob {
  /** Commands, by step. */
  readonly steps: Readonly<Record<'before_script' | 'script' | 'after_script', string>>;
  /** s */
  readonly timeout: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** How the server has a job in the end. */
export interface Ending {
  readonly status: string;
  readonly reason: string | null;
  /** Null: this server knows of none. */
  readonly cleanup: string | null;
  readonly hasArtifacts: boolean;
  readonly log: string;
}

/** One job at a server, as its users see it. */
export interface CellSubject {
  cancel(): Promise<void>;
  force(): Promise<void>;
  /** It knows how the cleanup ended, or never will before the result. */
  knowsCleanup(): Promise<boolean>;
  /** Whether it has ended. */
  isOver(): Promise<boolean>;
  ending(): Promise<Ending>;
}

/** A server with a proxy before it, for one cell after the other. */
export interface World {
  /** Where a runner finds the server, and fetches sources. */
  readonly proxy: FaultProxy;
  /** Of a runner that takes the jobs of this cell alone. */
  newRunner(): Promise<string>;
  start(job: CellJob): Promise<CellSubject>;
  /** Ends without a word. */
  crash(): Promise<void>;
  /** Is there again, with all that it had. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
  /** The request that a runner makes when its job gets there; null: a script tells. */
  readonly requests: Readonly<Partial<Record<Phase, (passing: Passing) => boolean>>>;
  /** A force means that nobody wants the cleanup. To a server without our additions it is a job that is over, no more. */
  readonly forceSkipsCleanup: boolean;
  /** What it says over an answer or a stream when a cancel reaches the runner. */
  readonly wordOfCancel: RegExp;
}

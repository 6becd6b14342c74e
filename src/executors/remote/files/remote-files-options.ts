import type { Readable } from 'node:stream';
import type { TalkOptions } from './talk.ts';

export interface RemoteFilesOptions extends TalkOptions {
  /** `CI_PROJECT_DIR`, as its steps see it. */
  readonly projectDir: string;
  /** As `Reach.stateDir`. */
  readonly stateDir: string;
  /** `Reach.send`, to the job's container; null: only by exec. */
  readonly archives: ArchiveSender | null;
}

export interface ArchiveSender {
  /** The container's user, whose the entries are to be. */
  owner(): Promise<{ readonly uid: number; readonly gid: number }>;
  /** As `Reach.send`; it is found, started or made anew first. */
  send(directory: string, tar: Readable, signal: AbortSignal): Promise<void>;
}

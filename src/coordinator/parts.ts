import type { Clock } from '../base/index.ts';
import type { BlobStore } from '../blobs/index.ts';
import type { Repositories } from '../git/index.ts';
import type { Store } from '../store/index.ts';

/** What every part of the coordinator is handed. One value a process, made by `serve.ts` and never changed. */
export interface Parts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly repositories: Repositories;
  readonly clock: Clock;
  readonly log: Log;
  /** Address as users and runners see it, such as `https://ci.example`; no slash at the end. */
  readonly base: string;
  /** Of this program. */
  readonly version: string;
  /** Directory of everything that is neither in the database, nor in `blobs`, nor a repository. */
  readonly dataDir: string;
  /** Where the built web page lies; it may be missing. */
  readonly pageDir: string;
}

/** One line each: what happened, with the facts as fields. */
export interface Log {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

import type { Database } from './connection/database.ts';
import type { Sealer } from './sealing/seal.ts';

/**
 * What the rest of the coordinator holds of the database. One store a process; it may be shared by everything in it.
 *
 * Errors are `Failure`s with the codes of `store-failure.ts`. Whoever gets one may go on using the store, `store_broken` excepted.
 */
export interface Store {
  /** Runs `look` on one snapshot, beside anything. What it returns is on disk: it waits for the sync of a commit that it may have seen. */
  read<T>(look: (db: Db) => Promise<T>): Promise<T>;
  /**
   * Runs `change` in one transaction and resolves once that is on disk. When `change` throws nothing is written and the error comes out.
   * After a conflict or a lost connection it is run again from its start: no effects inside but its statements and `publish`.
   *
   * SQLite: one transaction at a time, in the order of the calls. So await nothing inside but statements.
   * PostgreSQL: READ COMMITTED; lock the pipeline's row first. `commit_unknown`: the connection was lost during the commit.
   *
   * @param pipelineId the one that it is going to lock. Such changes of this process queue up here: in the database each would hold a connection while it
   * waits, and would see the pipeline's new version before the change that made it has had the time to keep it.
   */
  write<T>(change: (tx: Tx) => Promise<T>, pipelineId?: number): Promise<T>;
  /** Runs once for every hint of this kind, whichever process published it. Returns how to end that. */
  subscribe(kind: HintKind, listener: HintListener): () => void;
  /** Waits for what is running, then lets go of everything. Further calls fail with `store_closed`. May be called twice. */
  close(): Promise<void>;
}

/** A snapshot. Valid until the function that was given it has ended; statements take it as their first argument. */
export interface Db {
  readonly engine: 'sqlite' | 'postgres';
  /** Of this room alone. */
  readonly query: Database;
  /** Of this room alone. */
  readonly sealer: Sealer;
  /** Names this database among all others, for as long as it lives: a uuid. */
  readonly identity: string;
  /**
   * UTC ms by the database's clock (PostgreSQL; as of the start of the transaction or the last `lockPipeline` in it), else by the one that was
   * passed in. Leases and everything that replicas compare are timed by this.
   */
  now(): number;
}

/** A transaction that may write. */
export interface Tx extends Db {
  /** The hint leaves with the commit. It may be lost and may come twice: whoever looks every few seconds must be right without it. */
  publish(hint: Hint): void;
  /**
   * Calls this once the transaction is committed, which may be before it is on disk: for what is kept in memory of rows that the next transaction
   * sees already. Not called when it is rolled back, nor when nobody knows.
   */
  onCommit(run: () => void): void;
}

/**
 * - `pipeline`: `id` has version `value` now
 * - `project`: pipeline `value` of project `id` is no longer what it was
 * - `work`: lane `id` got a job
 * - `stop`: the runner of job `id` has something to hear
 * - `log`: the log of job `id` has `value` bytes now
 * - `watch`: somebody watches the log of job `id`, whose attempt `value` is the latest
 * - `outbox`: there is an effect to work off; `id` 0
 * - `resource`: resource group `id` changed hands
 * - `access`: user `id` (or a session, token or membership of theirs) is no longer what it was
 * - `settings`: project `id` is no longer what it was, or no longer there
 */
export type HintKind = (typeof HINT_KINDS)[number];
export const HINT_KINDS = [
  'pipeline',
  'work',
  'stop',
  'log',
  'watch',
  'outbox',
  'resource',
  'access',
  'settings',
  'release',
  'project',
] as const;

export interface Hint {
  readonly kind: HintKind;
  readonly id: number;
  readonly value: number;
}

/** `look`: hints may have been lost; look at everything once. */
export type HintListener = (hint: Hint | 'look') => void;

import { close, fdatasync, openSync } from 'node:fs';
import { describeError } from '../../base/index.ts';
import { storeFailure } from '../store-failure.ts';

/**
 * Puts commits on disk, many with one sync. SQLite in WAL mode with `synchronous=NORMAL` has handed every byte of a transaction to the kernel
 * when COMMIT returns, and syncs nothing; an `fdatasync` of the WAL that begins after that makes it durable, and with it all that was committed before. One
 * sync is in flight at a time; commits that come meanwhile share the next one.
 *
 * A WAL without a tail is a right one: frames carry checksums, and recovery stops at the last commit that is whole. A checkpoint syncs the WAL before it
 * writes to the database, and the database before the WAL is begun anew, so it needs nothing from here.
 *
 * After a failed sync the kernel may have dropped what it could not write, and a second sync would say that all is well; so nothing is
 * promised any more (`store_broken`).
 */
export interface SharedSync {
  /** To be called right after a COMMIT that wrote something. */
  committed(): void;
  /** Resolves once everything that `committed` was called for by now is on disk. */
  settled(): Promise<void>;
  /** A sync has failed: `settled` rejects from now on. */
  isBroken(): boolean;
  close(): Promise<void>;
}

type Sync = (done: (error: Error | null) => void) => void;

export function syncOf(walFile: string): { sync: Sync; close: () => Promise<void> } {
  // No lock of SQLite's lies on this file, so that opening and closing it takes none away.
  const fd = openSync(walFile, 'r');
  return {
    sync: (done) => fdatasync(fd, done),
    close: () => new Promise((resolve) => close(fd, () => resolve())),
  };
}

interface Waiter {
  readonly commit: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createSharedSync({ sync, close }: { sync: Sync; close: () => Promise<void> }): SharedSync {
  let commits = 0;
  let durable = 0;
  let isSyncing = false;
  let broken: Error | null = null;
  let waiters: readonly Waiter[] = [];

  function begin(): void {
    isSyncing = true;
    const upTo = commits;
    sync((error) => {
      isSyncing = false;
      if (error === null) durable = upTo;
      else
        broken = storeFailure(
          'store_broken',
          `the write-ahead log could not be synced: ${describeError(error)}`,
          error,
        );
      const all = waiters;
      waiters = broken === null ? all.filter(({ commit }) => commit > durable) : [];
      for (const { commit, resolve, reject } of all) {
        if (broken !== null) reject(broken);
        else if (commit <= durable) resolve();
      }
      if (broken === null && commits > durable) begin();
    });
  }

  return {
    committed() {
      commits++;
      if (!isSyncing && broken === null) begin();
    },
    settled() {
      if (broken !== null) return Promise.reject(broken);
      if (durable >= commits) return Promise.resolve();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiters = [...waiters, { commit: commits, resolve, reject }];
      return promise;
    },
    isBroken: () => broken !== null,
    async close() {
      await this.settled().catch(() => undefined);
      await close();
    },
  };
}

import type { BlobStore } from '../../../src/blobs/index.ts';
import type { Parts } from '../../../src/coordinator/parts.ts';
import type { Repositories } from '../../../src/git/index.ts';
import type { Store, Tx } from '../../../src/store/index.ts';
import { aspectsOf, NOTHING, type Standing, standingIn } from './commit-kind.ts';
import { CommitTurns } from './commit-turns.ts';
import type { Crasher } from './crasher.ts';
import { watchMoves } from './watched-moves.ts';
import { writtenTables } from './written-tables.ts';

/** The same parts, which come by the crasher before and after everything that they keep. */
export async function crashingParts(parts: Parts, crasher: Crasher): Promise<Parts> {
  return {
    ...parts,
    store: await crashingStore(parts.store, crasher),
    blobs: crashingBlobs(parts.blobs, crasher),
    repositories: crashingRepositories(parts.repositories, crasher),
  };
}

async function crashingStore(store: Store, crasher: Crasher): Promise<Store> {
  let standing: Standing = NOTHING;
  await store.read(async (db) => {
    standing = await standingIn(db);
  });
  const turns = new CommitTurns();
  return {
    read: (look) => store.read(look),
    subscribe: (kind, listener) => store.subscribe(kind, listener),
    close: () => store.close(),
    async write(change) {
      let aspects: readonly string[] = [];
      const turn = {};
      const write = store.write(async (tx) => {
        const tables = new Set<string>();
        const watched: Tx = { ...tx, query: tx.query.withPlugin(writtenTables(tables)) };
        const moves = new Set<string>();
        const changed = await watchMoves(moves, () => change(watched));
        if (tables.size === 0) return changed;
        const now = await standingIn(tx);
        aspects = aspectsOf(standing, now, { tables, moves });
        await turns.others(turn);
        crasher.pass({ aspects, side: 'before' });
        turns.begin(turn);
        standing = now;
        return changed;
      });
      const result = await write.finally(() => turns.end(turn));
      crasher.pass({ aspects, side: 'after' });
      return result;
    },
  };
}

function crashingBlobs(blobs: BlobStore, crasher: Crasher): BlobStore {
  return {
    ...blobs,
    async put(key, source, options) {
      const stored = await blobs.put(key, source, options);
      crasher.pass({ aspects: [`blob of ${folderOf(key)} put`], side: 'before' });
      return stored;
    },
    async delete(key) {
      crasher.pass({ aspects: [`blob of ${folderOf(key)} deleted`], side: 'before' });
      await blobs.delete(key);
      crasher.pass({ aspects: [`blob of ${folderOf(key)} deleted`], side: 'after' });
    },
  };
}

function folderOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function crashingRepositories(repositories: Repositories, crasher: Crasher): Repositories {
  return {
    ...repositories,
    async create(id, options) {
      crasher.pass({ aspects: ['repository made'], side: 'before' });
      const made = await repositories.create(id, options);
      crasher.pass({ aspects: ['repository made'], side: 'after' });
      return made;
    },
    async remove(id) {
      crasher.pass({ aspects: ['repository removed'], side: 'before' });
      await repositories.remove(id);
      crasher.pass({ aspects: ['repository removed'], side: 'after' });
    },
  };
}

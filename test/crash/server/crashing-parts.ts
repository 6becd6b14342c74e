import type { BlobStore } from '../../../src/blobs/index.ts';
import type { Parts } from '../../../src/coordinator/parts.ts';
import type { Repositories } from '../../../src/git/index.ts';
import type { Store, Tx } from '../../../src/store/index.ts';
import { kindOf, NOTHING, type Standing, standingIn } from './commit-kind.ts';
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
  return {
    read: (look) => store.read(look),
    subscribe: (kind, listener) => store.subscribe(kind, listener),
    close: () => store.close(),
    async write(change) {
      let kind = '';
      let moves: readonly string[] = [];
      const result = await store.write(async (tx) => {
        const tables = new Set<string>();
        const watched: Tx = { ...tx, query: tx.query.withPlugin(writtenTables(tables)) };
        const made = new Set<string>();
        const changed = await watchMoves(made, () => change(watched));
        if (tables.size === 0) return changed;
        moves = [...made];
        const now = await standingIn(tx);
        kind = kindOf(standing, now, tables);
        crasher.pass({ kind, side: 'before', moves });
        standing = now;
        return changed;
      });
      crasher.pass({ kind, side: 'after', moves });
      return result;
    },
  };
}

function crashingBlobs(blobs: BlobStore, crasher: Crasher): BlobStore {
  return {
    ...blobs,
    async put(key, source, options) {
      const stored = await blobs.put(key, source, options);
      crasher.pass({ kind: `blob of ${folderOf(key)} put`, side: 'before', moves: [] });
      return stored;
    },
    async delete(key) {
      crasher.pass({ kind: `blob of ${folderOf(key)} deleted`, side: 'before', moves: [] });
      await blobs.delete(key);
      crasher.pass({ kind: `blob of ${folderOf(key)} deleted`, side: 'after', moves: [] });
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
      crasher.pass({ kind: 'repository made', side: 'before', moves: [] });
      const made = await repositories.create(id, options);
      crasher.pass({ kind: 'repository made', side: 'after', moves: [] });
      return made;
    },
    async remove(id) {
      crasher.pass({ kind: 'repository removed', side: 'before', moves: [] });
      await repositories.remove(id);
      crasher.pass({ kind: 'repository removed', side: 'after', moves: [] });
    },
  };
}

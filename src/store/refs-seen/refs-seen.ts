import { sql } from 'kysely';
import { rowsOf } from '../connection/bulk.ts';
import type { Db, Tx } from '../store.ts';

/** Where a ref was when a push to it was last taken note of. */
export interface RefSeen {
  /** In full: `refs/heads/main`. */
  readonly ref: string;
  /** Of what it pointed to; null: it was gone. */
  readonly sha: string | null;
}

/** What was last written of a ref, and when, UTC ms. */
export interface RefNote {
  readonly sha: string;
  readonly at: number;
}

/** Every ref of a project that was taken note of and not seen to go. */
export async function listRefsSeen(db: Db, projectId: number): Promise<ReadonlyMap<string, RefNote>> {
  const rows = await db.query
    .selectFrom('refs_seen')
    .select(['ref', 'sha', 'updated_at'])
    .where('project_id', '=', projectId)
    .execute();
  return new Map(rows.map(({ ref, sha, updated_at: at }) => [ref, { sha, at }]));
}

/**
 * As `listRefsSeen`, and until the transaction ends nobody else writes any: whoever has looked into the repository compares, to see whether that look is
 * older than what was written since.
 */
export async function lockRefsSeen(tx: Tx, projectId: number): Promise<ReadonlyMap<string, RefNote>> {
  // The project's row and not those of the refs: there may be none yet.
  if (tx.engine === 'postgres') {
    await sql`select id from projects where id = ${projectId} for no key update`.execute(tx.query);
  }
  return await listRefsSeen(tx, projectId);
}

/** Whether nothing was written about a ref between two looks. */
export function isSameNote(one: RefNote | undefined, other: RefNote | undefined): boolean {
  return one?.sha === other?.sha && one?.at === other?.at;
}

/** Part of the transaction that writes what follows from where they are now. */
export async function noteRefs(tx: Tx, projectId: number, refs: readonly RefSeen[]): Promise<void> {
  const rows = refs.map(({ ref, sha }) => ({ project_id: projectId, ref, sha, updated_at: tx.now() }));
  const there = rows.filter(({ sha }) => sha !== null);
  if (there.length > 0) {
    const { from, column } = rowsOf(tx, 'refs_seen', there);
    const values = sql.join(['project_id', 'ref', 'sha', 'updated_at'].map(column));
    await sql`insert into refs_seen (project_id, ref, sha, updated_at) select ${values} from ${from} where true
      on conflict (project_id, ref) do update set sha = excluded.sha, updated_at = excluded.updated_at`.execute(
      tx.query,
    );
  }
  const gone = rows.filter(({ sha }) => sha === null);
  if (gone.length > 0) {
    const { from, column } = rowsOf(tx, 'refs_seen', gone);
    await sql`delete from refs_seen where project_id = ${projectId} and ref in (select ${column('ref')} from ${from})`.execute(
      tx.query,
    );
  }
}

/** Ids of projects, from the one after `after`: for sweeps over all of them. */
export async function listProjectIds(db: Db, after: number, limit: number): Promise<readonly number[]> {
  const rows = await db.query
    .selectFrom('projects')
    .select('id')
    .where('id', '>', after)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

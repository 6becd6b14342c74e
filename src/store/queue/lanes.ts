import { fromJson, toJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';

/** Jobs that the same runners may take wait in one lane. */
export interface Lane {
  readonly projectId: number;
  /** In any order. */
  readonly tags: readonly string[];
  readonly isProtected: boolean;
  /** Needs a runner that advertises `cancel_gracefully`. */
  readonly isGraceful: boolean;
  readonly kind: 'job' | 'cleanup';
}

/** The lane's id; it is made when it is the first of its kind. Lanes are never changed or removed, so an id may be kept. */
export async function internLane(tx: Tx, lane: Lane): Promise<number> {
  const tagSet = await internTags(tx, toJson([...new Set(lane.tags)].sort()));
  const key = {
    tag_set_id: tagSet,
    kind: lane.kind,
    is_protected: lane.isProtected ? 1 : 0,
    is_graceful: lane.isGraceful ? 1 : 0,
    project_id: lane.projectId,
  };
  const find = () =>
    tx.query
      .selectFrom('lanes')
      .select('id')
      .where((eb) => eb.and(key))
      .executeTakeFirst();
  const known = await find();
  if (known !== undefined) return known.id;
  // Another replica may make it at the same time: this waits for it, then finds it.
  await tx.query
    .insertInto('lanes')
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await find();
  if (made === undefined) throw new Error('bug: a lane is there after it was made');
  return made.id;
}

async function internTags(tx: Tx, tags: string): Promise<number> {
  const find = () => tx.query.selectFrom('tag_sets').select('id').where('tags', '=', tags).executeTakeFirst();
  const known = await find();
  if (known !== undefined) return known.id;
  await tx.query
    .insertInto('tag_sets')
    .values({ tags })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await find();
  if (made === undefined) throw new Error('bug: a tag set is there after it was made');
  return made.id;
}

export async function findLane(db: Db, id: number): Promise<Lane | null> {
  const row = await db.query
    .selectFrom('lanes')
    .innerJoin('tag_sets', 'tag_sets.id', 'lanes.tag_set_id')
    .select(['project_id', 'tags', 'is_protected', 'is_graceful', 'kind'])
    .where('lanes.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    projectId: row.project_id,
    tags: fromJson<readonly string[]>(row.tags),
    isProtected: row.is_protected === 1,
    isGraceful: row.is_graceful === 1,
    kind: row.kind as Lane['kind'],
  };
}

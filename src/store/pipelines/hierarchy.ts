import { sql } from 'kysely';
import type { Db } from '../store.ts';

/** Where a pipeline stands among its parents and children. */
export interface Hierarchy {
  readonly rootId: number;
  /** How many pipelines stand above it. */
  readonly depth: number;
  /** Of all pipelines below the root and itself, counted up to `most`. */
  readonly size: number;
}

/** Null: no such pipeline. */
export async function findHierarchy(db: Db, id: number, most: number): Promise<Hierarchy | null> {
  const { rows: above } = await sql<{ id: number }>`
    with recursive above (id, parent, depth) as (
      select id, parent_pipeline_id, 0 from pipelines where id = ${id}
      union all
      select pipelines.id, pipelines.parent_pipeline_id, depth + 1 from above join pipelines on pipelines.id = above.parent)
    select id from above order by depth`.execute(db.query);
  const root = above.at(-1);
  if (root === undefined) return null;
  const { rows } = await sql<{ size: number }>`
    with recursive below (id) as (
      select id from pipelines where id = ${root.id}
      union all
      select pipelines.id from below join pipelines on pipelines.parent_pipeline_id = below.id)
    select count(*) as size from (select 1 from below limit ${most}) as counted`.execute(db.query);
  return { rootId: root.id, depth: above.length - 1, size: rows[0]?.size ?? 0 };
}

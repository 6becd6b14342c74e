import { sql } from 'kysely';
import type { Db } from '../store.ts';

/** What has to be known of a pipeline before it is worth locking it to see whether a newer one cancels it. */
export interface OlderPipeline {
  readonly id: number;
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  readonly sha: string;
  readonly createdAt: number;
  /** Of the pipeline at the top, for a child; else its own. UTC ms. */
  readonly rootCreatedAt: number;
}

/** As many as GitLab looks at. */
const MOST = 3_000;

/**
 * Of this branch or tag, children included, that wait or run and are not being cancelled already: those that pipeline `than` may cancel. The newest 3,000, oldest first.
 */
export async function listOlderPipelines(
  db: Db,
  { projectId, ref, isTag, than }: OlderThan,
): Promise<readonly OlderPipeline[]> {
  // The statuses stand here as they do in the index, which only then serves.
  const { rows } = await sql<{ id: number; source: string; sha: string; created_at: number; root_created_at: number }>`
    with recursive found (id, source, sha, created_at, parent) as (
      select id, source, sha, created_at, parent_pipeline_id from pipelines
      where project_id = ${projectId} and ref = ${ref} and is_tag = ${isTag ? 1 : 0} and id <> ${than}
        and status in ('created', 'waiting_for_resource', 'scheduled', 'manual', 'pending', 'running')
      order by id desc limit ${MOST}),
    above (id, parent, created_at) as (
      select id, parent, created_at from found
      union all
      select above.id, pipelines.parent_pipeline_id, pipelines.created_at from above join pipelines on pipelines.id = above.parent)
    select found.id, found.source, found.sha, found.created_at, above.created_at as root_created_at
    from found join above on above.id = found.id and above.parent is null
    order by found.id`.execute(db.query);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    sha: row.sha,
    createdAt: row.created_at,
    rootCreatedAt: row.root_created_at,
  }));
}

export interface OlderThan {
  readonly projectId: number;
  readonly ref: string;
  readonly isTag: boolean;
  /** The newer pipeline's id: a child of an older pipeline may have been made after it. */
  readonly than: number;
}

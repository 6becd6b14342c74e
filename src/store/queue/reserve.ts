import { type RawBuilder, sql } from 'kysely';
import { toJson } from '../schema/json.ts';
import type { Tx } from '../store.ts';
import type { Lane } from './lanes.ts';

/** Which lanes a runner fits. */
export interface RunnerFit {
  /** `shared`: all projects that take shared runners; else these. */
  readonly projects: 'shared' | readonly number[];
  readonly tags: readonly string[];
  readonly runsUntagged: boolean;
  /** Takes jobs of protected refs alone (`ref_protected`); others take those of every ref. */
  readonly isProtected: boolean;
  readonly cancelsGracefully: boolean;
  readonly takesCleanups: boolean;
}

export interface Reserved {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly laneId: number;
  readonly kind: Lane['kind'];
  /** When it came into the queue, UTC ms. */
  readonly since: number;
}

/**
 * The claim: reserves one job for this runner until `until`, and returns it; null when none is free. One statement; it looks at the head of each lane
 * that fits, however long the lanes are. Cleanups go first, then what has waited for more than ten minutes, both by age; of the rest the project with
 * the fewest attempts under way first, then the oldest head.
 *
 * Runs in a transaction of its own on PostgreSQL (the pipeline's row is locked before anything else, and this is not known yet); the claim itself follows in
 * the pipeline's transaction: `takeReserved`. Whoever dies in between costs the job the time to `until`, nothing else.
 *
 * @param reservation drawn at random by the caller.
 */
export async function reserve(tx: Tx, fit: RunnerFit, reservation: string, until: number): Promise<Reserved | null> {
  const ranked = rankedLanes(tx, fit);
  const picked =
    tx.engine === 'sqlite'
      ? sql`select head as job_id from ranked limit 1`
      : // A lane is looked at only when those before it gave nothing, so one row is locked at most. One that another claimer holds is passed over.
        sql`select free.job_id from ranked cross join lateral (
          select job_id from queue where lane_id = ranked.id and reserved_until <= ${tx.now()} order by since, job_id
          limit 1 for update skip locked) free limit 1`;
  const { rows } = await sql<ReservedRow>`
    with ${ranked}, picked as ${materialized(tx)} (${picked})
    update queue set reserved_until = ${until}, reservation = ${reservation}
    where job_id = (select job_id from picked)
    returning job_id, pipeline_id, lane_id, since, (select kind from lanes where lanes.id = queue.lane_id) as kind`.execute(
    tx.query,
  );
  const [row] = rows;
  return row === undefined ? null : reservedOf(row);
}

interface ReservedRow {
  readonly job_id: number;
  readonly pipeline_id: number;
  readonly lane_id: number;
  readonly since: number;
  readonly kind: string;
}

function reservedOf({ job_id, pipeline_id, lane_id, since, kind }: ReservedRow): Reserved {
  return { jobId: job_id, pipelineId: pipeline_id, laneId: lane_id, since, kind: kind as Lane['kind'] };
}

/** A project with more attempts under way than this is as busy as any other such project; counting on would only cost. */
const MOST_COUNTED = 200;
/** However busy its project is: so no project starves. */
const LONG_WAIT_MS = 600_000;

function rankedLanes(
  tx: Tx,
  { projects, tags, runsUntagged, isProtected, cancelsGracefully, takesCleanups }: RunnerFit,
): RawBuilder<unknown> {
  const given = toJson(tags);
  const kinds = takesCleanups ? ['job', 'cleanup'] : ['job'];
  const scope =
    projects === 'shared'
      ? sql`lanes.project_id in (select id from projects where shared_runners = 1 and archived = 0 and deleted_at is null)`
      : sql`lanes.project_id in (${sql.join([0, ...projects])})`;
  const head = (column: string): RawBuilder<unknown> => sql`(select ${sql.ref(column)} from queue
    where lane_id = fitting.id and reserved_until <= ${tx.now()} order by since, job_id limit 1)`;
  return sql`tag_fits as ${materialized(tx)} (
      select id from tag_sets where ${isSubset(tx, given)} and (tags <> '[]' or ${runsUntagged ? 1 : 0} = 1)),
    fitting as ${materialized(tx)} (
      select lanes.id, lanes.project_id, lanes.kind from tag_fits join lanes on lanes.tag_set_id = tag_fits.id
      where lanes.kind in (${sql.join(kinds)}) and is_protected in (${sql.join(isProtected ? [1] : [0, 1])})
        and is_graceful in (${sql.join(cancelsGracefully ? [0, 1] : [0])}) and ${scope}),
    heads as ${materialized(tx)} (
      select id, project_id, kind, ${head('job_id')} as head, ${head('since')} as since from fitting),
    urgent as ${materialized(tx)} (
      select id, project_id, head, since, case when kind = 'cleanup' then 0 when since < ${tx.now() - LONG_WAIT_MS} then 1 else 2 end as turn
      from heads where head is not null),
    ranked as ${materialized(tx)} (
      select id, head from urgent order by turn,
        case when turn < 2 then 0 else (select count(*) from (
          select 1 from attempts where attempts.project_id = urgent.project_id and ended_at is null limit ${MOST_COUNTED}) as counted) end,
        since, head)`;
}

/** Every tag of the set is among the given ones. */
function isSubset(tx: Tx, given: string): RawBuilder<unknown> {
  if (tx.engine === 'postgres') return sql`tags::jsonb <@ ${given}::jsonb`;
  return sql`not exists (select 1 from json_each(tag_sets.tags) as one where one.value not in (select value from json_each(${given})))`;
}

/** Once, and as it is written: the order of steps is the point. */
function materialized({ engine }: Tx): RawBuilder<unknown> {
  return engine === 'postgres' ? sql`materialized` : sql``;
}

import type { ProcessMode, ResourceCandidate } from '../../lifecycle/index.ts';
import type { Db, Tx } from '../store.ts';

export interface ResourceGroup {
  readonly id: number;
  readonly projectId: number;
  readonly key: string;
  readonly mode: ProcessMode;
  readonly createdAt: number;
}

/** Makes those that are new, so that their order can be set before the first job wants them. */
export async function addResourceGroups(tx: Tx, projectId: number, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query
    .insertInto('resource_groups')
    .values(keys.map((key) => ({ project_id: projectId, key, mode: 'unordered' as const, created_at: tx.now() })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The group of this key, made when it is new, locked until the transaction ends: who holds it is decided by one at a time. */
export async function lockResourceGroup(tx: Tx, projectId: number, key: string): Promise<ResourceGroup> {
  await addResourceGroups(tx, projectId, [key]);
  const row = await tx.query
    .selectFrom('resource_groups')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  return groupOf(row);
}

/** The job gets the group. False: another one holds it. The group has to be locked. */
export async function takeResource(tx: Tx, groupId: number, { job, pipeline }: ResourceCandidate): Promise<boolean> {
  if ((await findResourceHolder(tx, groupId)) !== null) return false;
  await tx.query
    .insertInto('resource_holders')
    .values({ group_id: groupId, job_id: job, pipeline_id: pipeline, is_holding: 1, since: tx.now() })
    .execute();
  tx.publish({ kind: 'resource', id: groupId, value: job });
  return true;
}

/** The job holds it no longer. The id of the group, or null when it did not; again changes nothing. */
export async function releaseResource(tx: Tx, jobId: number): Promise<number | null> {
  const row = await tx.query
    .deleteFrom('resource_holders')
    .where('job_id', '=', jobId)
    .returning('group_id')
    .executeTakeFirst();
  if (row === undefined) return null;
  tx.publish({ kind: 'resource', id: row.group_id, value: 0 });
  return row.group_id;
}

export async function findResourceHolder(db: Db, groupId: number): Promise<ResourceCandidate | null> {
  const row = await db.query
    .selectFrom('resource_holders')
    .select(['job_id', 'pipeline_id'])
    .where('group_id', '=', groupId)
    .where('is_holding', '=', 1)
    .executeTakeFirst();
  return row === undefined ? null : { job: row.job_id, pipeline: row.pipeline_id };
}

/** Jobs that want this key and could start, in the order in which they came, as `pickForResource` wants them. */
export async function listWaitingForResource(
  db: Db,
  projectId: number,
  key: string,
): Promise<readonly ResourceCandidate[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .select(['id', 'pipeline_id'])
    .where('project_id', '=', projectId)
    .where('resource_group', '=', key)
    .where('status', '=', 'waiting_for_resource')
    // Nothing touches the row of a job that waits.
    .orderBy('updated_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ job: row.id, pipeline: row.pipeline_id }));
}

/** Created or scheduled jobs of this key: those that will want it. */
export async function listUpcomingForResource(
  db: Db,
  projectId: number,
  key: string,
): Promise<readonly ResourceCandidate[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .select(['id', 'pipeline_id'])
    .where('project_id', '=', projectId)
    .where('resource_group', '=', key)
    .where('status', 'in', ['created', 'scheduled'])
    .orderBy('pipeline_id')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ job: row.id, pipeline: row.pipeline_id }));
}

export async function findResourceGroup(db: Db, projectId: number, key: string): Promise<ResourceGroup | null> {
  const row = await db.query
    .selectFrom('resource_groups')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row === undefined ? null : groupOf(row);
}

export async function listResourceGroups(db: Db, projectId: number): Promise<readonly ResourceGroup[]> {
  const rows = await db.query
    .selectFrom('resource_groups')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  return rows.map(groupOf);
}

/** Groups that are free while jobs wait, or held by a job that has finished: a look at them was lost. For a sweep. */
export async function listNeglectedGroups(db: Db, limit: number): Promise<readonly ResourceGroup[]> {
  const free = db.query
    .selectFrom('resource_groups as groups')
    .selectAll()
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('resource_holders').select('job_id').whereRef('group_id', '=', 'groups.id'))),
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('jobs')
          .select('id')
          .whereRef('project_id', '=', 'groups.project_id')
          .whereRef('resource_group', '=', 'groups.key')
          .where('status', '=', 'waiting_for_resource'),
      ),
    )
    .limit(limit);
  const held = db.query
    .selectFrom('resource_holders')
    .innerJoin('jobs', 'jobs.id', 'resource_holders.job_id')
    .innerJoin('resource_groups as groups', 'groups.id', 'resource_holders.group_id')
    .selectAll('groups')
    .where('jobs.status', 'in', ['success', 'failed', 'canceled', 'skipped'])
    .limit(limit);
  return [...(await free.execute()), ...(await held.execute())].map(groupOf);
}

export async function setResourceMode(tx: Tx, groupId: number, mode: ProcessMode): Promise<void> {
  await tx.query.updateTable('resource_groups').set({ mode }).where('id', '=', groupId).execute();
}

function groupOf(row: {
  id: number;
  project_id: number;
  key: string;
  mode: string;
  created_at: number;
}): ResourceGroup {
  return {
    id: row.id,
    projectId: row.project_id,
    key: row.key,
    mode: row.mode as ProcessMode,
    createdAt: row.created_at,
  };
}

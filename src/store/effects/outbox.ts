import { type Selectable, sql } from 'kysely';
import { fromJson, toJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

type OutboxRow = Omit<Selectable<Tables['outbox']>, 'reservation'>;

/** One effect that reaches outside of the transaction that causes it. */
export interface NewEffect {
  readonly kind: string;
  readonly projectId: number | null;
  readonly pipelineId: number | null;
  readonly jobId: number | null;
  /** JSON. */
  readonly body: unknown;
  /** Not before, UTC ms. */
  readonly dueAt: number;
}

export interface EffectRecord extends NewEffect {
  readonly id: number;
  /** This one included. */
  readonly tries: number;
  readonly createdAt: number;
  readonly lastError: string | null;
}

/** Whoever puts an effect may take it with the same stroke: nobody else does before `until`, UTC ms. */
export interface HeldBy {
  readonly reservation: string;
  readonly until: number;
}

/** Returns its id. */
export async function putEffect(tx: Tx, effect: NewEffect, held: HeldBy | null = null): Promise<number> {
  const { id } = await tx.query
    .insertInto('outbox')
    .values({
      kind: effect.kind,
      project_id: effect.projectId,
      pipeline_id: effect.pipelineId,
      job_id: effect.jobId,
      body: toJson(effect.body),
      created_at: tx.now(),
      due_at: held?.until ?? effect.dueAt,
      tries: held === null ? 0 : 1,
      reservation: held?.reservation ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  tx.publish({ kind: 'outbox', id: 0, value: 0 });
  return id;
}

/**
 * Takes the effect that is due longest, for this caller alone until `until`; null: none. In a transaction of its own. Afterwards `finishEffect`
 * in the transaction that does what it says, or `failEffect`; whoever dies in between leaves it to the next one at `until`: an effect is worked off at least once.
 */
export async function takeEffect(tx: Tx, reservation: string, until: number): Promise<EffectRecord | null> {
  const skip = tx.engine === 'postgres' ? sql`for update skip locked` : sql``;
  const { rows } =
    await sql<OutboxRow>`update outbox set due_at = ${until}, tries = tries + 1, reservation = ${reservation}
    where id = (select id from outbox where due_at <= ${tx.now()} order by due_at, id limit 1 ${skip})
    returning id, kind, project_id, pipeline_id, job_id, body, created_at, due_at, tries, last_error`.execute(tx.query);
  return rows[0] === undefined ? null : effectOf(rows[0]);
}

/** False: another one has taken it meanwhile, so nothing may be done about it here. */
export async function finishEffect(tx: Tx, id: number, reservation: string): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('outbox')
    .where('id', '=', id)
    .where('reservation', '=', reservation)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** It is tried again at `dueAt`. */
export async function failEffect(
  tx: Tx,
  id: number,
  { reservation, error, dueAt }: { readonly reservation: string; readonly error: string; readonly dueAt: number },
): Promise<void> {
  await tx.query
    .updateTable('outbox')
    .set({ due_at: dueAt, last_error: error, reservation: null })
    .where('id', '=', id)
    .where('reservation', '=', reservation)
    .execute();
}

/** When the next one is due, UTC ms; null: none. */
export async function nextEffectAt(db: Db): Promise<number | null> {
  const row = await db.query.selectFrom('outbox').select('due_at').orderBy('due_at').limit(1).executeTakeFirst();
  return row?.due_at ?? null;
}

/** What was tried at least so often, oldest first: for people. */
export async function listStuckEffects(db: Db, tries: number, limit: number): Promise<readonly EffectRecord[]> {
  const rows = await db.query
    .selectFrom('outbox')
    .selectAll()
    .where('tries', '>=', tries)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(effectOf);
}

function effectOf(row: OutboxRow): EffectRecord {
  return {
    id: row.id,
    kind: row.kind,
    projectId: row.project_id,
    pipelineId: row.pipeline_id,
    jobId: row.job_id,
    body: fromJson<unknown>(row.body),
    createdAt: row.created_at,
    dueAt: row.due_at,
    tries: row.tries,
    lastError: row.last_error,
  };
}

import type { Plan } from '../../protocol/index.ts';
import { fromJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';

/** Keeps a plan under its hash (hex, of `body`); one that is there already stays. `body`: JSON of a `Plan`. */
export async function keepPlan(tx: Tx, hash: string, body: string): Promise<void> {
  await tx.query
    .insertInto('plans')
    .values({ hash, body, created_at: tx.now() })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

/** Under which hash a pipeline's plan is kept. Null: there is no such pipeline, or it has no plan. */
export async function findPlanHash(db: Db, pipelineId: number): Promise<string | null> {
  const query = db.query.selectFrom('pipelines').select('plan_hash').where('id', '=', pipelineId);
  return (await query.executeTakeFirst())?.plan_hash ?? null;
}

export async function findPlan(db: Db, hash: string): Promise<Plan | null> {
  const row = await db.query.selectFrom('plans').select('body').where('hash', '=', hash).executeTakeFirst();
  return row === undefined ? null : fromJson<Plan>(row.body);
}

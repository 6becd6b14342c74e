import type { Selectable } from 'kysely';
import { fromJson, toJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

/** Why a manager takes no more jobs, by its own word. */
export interface Quarantine {
  /** ISO instant, as the manager writes it: it knows its quarantine by that. */
  readonly since: string;
  readonly reason: string;
}

/** One process that works under a runner's token. */
export interface ManagerRecord {
  readonly id: number;
  readonly runnerId: number;
  readonly systemId: string;
  /** Names of `info.features` that it last set to true. */
  readonly features: readonly string[];
  /** `info` as it last came, without features. */
  readonly info: ManagerInfo;
  readonly ip: string | null;
  /** Null: by its last word it is in none. */
  readonly quarantine: Quarantine | null;
  /** `since` of the one that somebody has released, until the manager has heard of that. */
  readonly released: string | null;
  readonly createdAt: number;
  readonly contactedAt: number;
}

export interface ManagerInfo {
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly platform: string;
  readonly architecture: string;
  readonly executor: string;
}

export type ManagerWord = Pick<ManagerRecord, 'runnerId' | 'systemId' | 'features' | 'info' | 'ip' | 'quarantine'>;

/** Notes that a manager was heard of, and what it says of itself; makes it when it is new. Its id. */
export async function noteManager(tx: Tx, word: ManagerWord): Promise<number> {
  const now = tx.now();
  const said = {
    features: toJson(word.features),
    info: toJson(word.info),
    ip: word.ip,
    contacted_at: now,
    ...(word.quarantine === null ? NO_QUARANTINE : { quarantine: toJson(word.quarantine) }),
  };
  const { id } = await tx.query
    .insertInto('runner_managers')
    .values({ runner_id: word.runnerId, system_id: word.systemId, created_at: now, ...said })
    .onConflict((conflict) => conflict.columns(['runner_id', 'system_id']).doUpdateSet(said))
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.query.updateTable('runners').set({ contacted_at: now }).where('id', '=', word.runnerId).execute();
  return id;
}

const NO_QUARANTINE = { quarantine: null, released: null };

export async function findManager(db: Db, runnerId: number, systemId: string): Promise<ManagerRecord | null> {
  const row = await db.query
    .selectFrom('runner_managers')
    .selectAll()
    .where('runner_id', '=', runnerId)
    .where('system_id', '=', systemId)
    .executeTakeFirst();
  return row === undefined ? null : managerOf(row);
}

/** By id. */
export async function findManagerById(db: Db, id: number): Promise<ManagerRecord | null> {
  const row = await db.query.selectFrom('runner_managers').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : managerOf(row);
}

/** By id, those that are (still) there. */
export async function listManagersById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, ManagerRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query.selectFrom('runner_managers').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, managerOf(row)]));
}

/** Who was heard of last comes first. */
export async function listManagers(db: Db, runnerId: number, limit: number): Promise<readonly ManagerRecord[]> {
  const rows = await db.query
    .selectFrom('runner_managers')
    .selectAll()
    .where('runner_id', '=', runnerId)
    .orderBy('contacted_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(managerOf);
}

export async function countManagers(db: Db, runnerId: number): Promise<number> {
  const { total } = await db.query
    .selectFrom('runner_managers')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('runner_id', '=', runnerId)
    .executeTakeFirstOrThrow();
  return total;
}

/** False: there is none. */
export async function deleteManager(tx: Tx, runnerId: number, systemId: string): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('runner_managers')
    .where('runner_id', '=', runnerId)
    .where('system_id', '=', systemId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

function managerOf(row: Selectable<Tables['runner_managers']>): ManagerRecord {
  return {
    id: row.id,
    runnerId: row.runner_id,
    systemId: row.system_id,
    features: fromJson<readonly string[]>(row.features),
    info: fromJson<ManagerInfo>(row.info),
    ip: row.ip,
    quarantine: row.quarantine === null ? null : fromJson<Quarantine>(row.quarantine),
    released: row.released,
    createdAt: row.created_at,
    contactedAt: row.contacted_at,
  };
}

import { fromJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';
import type { ManagerRecord, Quarantine } from './runner-managers.ts';

/** What a manager is in, as far as nobody has released it; null: nothing. */
export function standingQuarantine({ quarantine, released }: Pick<ManagerRecord, 'quarantine' | 'released'>) {
  return quarantine === null || quarantine.since === released ? null : quarantine;
}

/** By runner, of those of whose managers at least one is in quarantine, the one that began first. */
export async function listQuarantines(db: Db, runnerIds: readonly number[]): Promise<ReadonlyMap<number, Quarantine>> {
  if (runnerIds.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('runner_managers')
    .select(['runner_id', 'quarantine', 'released'])
    .where('quarantine', 'is not', null)
    .where('runner_id', 'in', runnerIds)
    .execute();
  const first = new Map<number, Quarantine>();
  for (const { runner_id, quarantine: text, released } of rows) {
    const quarantine = text === null ? null : standingQuarantine({ quarantine: fromJson<Quarantine>(text), released });
    const known = first.get(runner_id);
    if (quarantine !== null && (known === undefined || quarantine.since < known.since))
      first.set(runner_id, quarantine);
  }
  return first;
}

/** Another one than that which somebody may have released. */
export async function beginQuarantine(tx: Tx, managerId: number): Promise<void> {
  await tx.query.updateTable('runner_managers').set({ released: null }).where('id', '=', managerId).execute();
}

/** From here on all managers of a runner that are in quarantine are told that they are released. Which ones; again changes nothing. */
export async function releaseManagers(tx: Tx, runnerId: number): Promise<readonly number[]> {
  const rows = await tx.query
    .selectFrom('runner_managers')
    .select(['id', 'quarantine', 'released'])
    .where('quarantine', 'is not', null)
    .where('runner_id', '=', runnerId)
    .execute();
  const released: number[] = [];
  for (const { id, quarantine: text, released: before } of rows) {
    const { since } = fromJson<Quarantine>(text ?? '');
    if (since === before) continue;
    await tx.query.updateTable('runner_managers').set({ released: since }).where('id', '=', id).execute();
    tx.publish({ kind: 'release', id, value: 0 });
    released.push(id);
  }
  return released;
}

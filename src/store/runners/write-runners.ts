import { bit, toJson } from '../schema/json.ts';
import type { Tx } from '../store.ts';
import type { NewRunner, RunnerSettings } from './runner-record.ts';

/** @param projects that a runner of kind `project` is for. */
export async function insertRunner(tx: Tx, runner: NewRunner, projects: readonly number[]): Promise<number> {
  const { id } = await tx.query
    .insertInto('runners')
    .values({
      ...columnsOf(runner),
      kind: runner.kind,
      token_hash: runner.tokenHash,
      token_expires_at: runner.tokenExpiresAt,
      created_by: runner.createdBy,
      created_at: tx.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const projectId of projects) await giveRunner(tx, id, projectId);
  return id;
}

export async function updateRunner(tx: Tx, id: number, settings: RunnerSettings): Promise<void> {
  await tx.query.updateTable('runners').set(columnsOf(settings)).where('id', '=', id).execute();
  // A runner that waits for work may fit other jobs now.
  tx.publish({ kind: 'work', id: 0, value: 0 });
}

function columnsOf(settings: RunnerSettings) {
  return {
    description: settings.description,
    tags: toJson(settings.tags),
    run_untagged: bit(settings.runUntagged),
    is_protected: bit(settings.isProtected),
    is_locked: bit(settings.isLocked),
    is_paused: bit(settings.isPaused),
    maximum_timeout_s: settings.maximumTimeoutS,
    maintenance_note: settings.maintenanceNote,
  };
}

/** From here on the old token is nobody's. */
export async function setRunnerToken(
  tx: Tx,
  id: number,
  tokenHash: string,
  tokenExpiresAt: number | null,
): Promise<void> {
  await tx.query
    .updateTable('runners')
    .set({ token_hash: tokenHash, token_expires_at: tokenExpiresAt })
    .where('id', '=', id)
    .execute();
}

/** With its managers. What it has in hand goes on until its leases lapse. */
export async function deleteRunner(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('runner_managers').where('runner_id', '=', id).execute();
  await tx.query.deleteFrom('runner_projects').where('runner_id', '=', id).execute();
  await tx.query.deleteFrom('runners').where('id', '=', id).execute();
}

/** Again changes nothing. */
export async function giveRunner(tx: Tx, runnerId: number, projectId: number): Promise<void> {
  await tx.query
    .insertInto('runner_projects')
    .values({ runner_id: runnerId, project_id: projectId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** False: it was not given to that project. */
export async function takeRunner(tx: Tx, runnerId: number, projectId: number): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('runner_projects')
    .where('runner_id', '=', runnerId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

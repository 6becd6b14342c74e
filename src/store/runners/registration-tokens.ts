import type { Db, Tx } from '../store.ts';

const KIND = 'runner_registration';

/** The token that runners register with, for a project or (null) the whole instance. The one before it is nobody's from here on. */
export async function setRegistrationToken(tx: Tx, projectId: number | null, tokenHash: string): Promise<void> {
  const now = tx.now();
  await tx.query
    .updateTable('tokens')
    .set({ revoked_at: now })
    .where('kind', '=', KIND)
    .where('project_id', projectId === null ? 'is' : '=', projectId)
    .where('revoked_at', 'is', null)
    .execute();
  await tx.query
    .insertInto('tokens')
    .values({
      kind: KIND,
      token_hash: tokenHash,
      project_id: projectId,
      name: 'registration',
      scopes: '[]',
      created_at: now,
    })
    .execute();
}

/** What a registration token is for: one project, or (null) the instance. Null itself: it is nobody's. */
export async function findRegistrationToken(
  db: Db,
  tokenHash: string,
): Promise<{ readonly projectId: number | null } | null> {
  const row = await db.query
    .selectFrom('tokens')
    .select('project_id')
    .where('token_hash', '=', tokenHash)
    .where('kind', '=', KIND)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? null : { projectId: row.project_id };
}

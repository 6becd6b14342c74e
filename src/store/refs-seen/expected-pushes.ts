import { fromJson, toJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';
import type { RefMove } from './ref-moves.ts';

/** A push that is let through to git, written down before git moves anything: who pushed and what they said of its pipelines outlives this process. */
export interface ExpectedPush extends Pick<RefMove, 'projectId' | 'isSkipped' | 'variables' | 'inputs'> {
  readonly userId: number;
  /** Where each ref is to be moved, in full; a sha of zeros: to nowhere. */
  readonly refs: readonly { readonly ref: string; readonly oldSha: string; readonly newSha: string }[];
}

export interface ExpectedPushRecord extends ExpectedPush {
  readonly id: number;
  /** UTC ms. */
  readonly createdAt: number;
}

type Body = Omit<ExpectedPush, 'projectId' | 'userId'>;

/** Returns its id. */
export async function putExpectedPush(tx: Tx, { projectId, userId, ...body }: ExpectedPush): Promise<number> {
  const { id } = await tx.query
    .insertInto('expected_pushes')
    .values({
      project_id: projectId,
      user_id: userId,
      // Variables and inputs may be secrets.
      sealed: tx.sealer.seal(identityOf(projectId, userId), toJson(body)),
      created_at: tx.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Part of the transaction that takes note of it, or of its having come to nothing. False: that was done already, by somebody else. */
export async function takeExpectedPush(tx: Tx, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.query.deleteFrom('expected_pushes').where('id', '=', id).executeTakeFirst();
  return numDeletedRows === 1n;
}

/** The newest first. */
export async function listExpectedPushes(db: Db, projectId: number): Promise<readonly ExpectedPushRecord[]> {
  const rows = await db.query
    .selectFrom('expected_pushes')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ id, user_id: userId, sealed, created_at: createdAt }) => {
    const body = fromJson<Body>(db.sealer.open(identityOf(projectId, userId), sealed));
    return { id, projectId, userId, createdAt, ...body };
  });
}

function identityOf(projectId: number, userId: number): string {
  return `expected-push:${projectId}:${userId}`;
}

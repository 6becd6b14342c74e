import type { Db } from '../store.ts';

/** Who started a job, as its variables say. */
export interface UserForPipelines {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
}

export async function findUserForPipelines(db: Db, id: number): Promise<UserForPipelines | null> {
  const row = await db.query
    .selectFrom('users')
    .select(['id', 'username', 'name', 'email'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

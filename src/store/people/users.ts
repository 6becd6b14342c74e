import type { Selectable, SelectQueryBuilder } from 'kysely';
import { bit } from '../schema/json.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

export interface NewUser {
  /** Unique, whatever the case of its letters. */
  readonly username: string;
  readonly name: string;
  readonly email: string;
  /** As the coordinator makes it; null: signs in by link or token alone. */
  readonly passwordHash: string | null;
  readonly isAdministrator: boolean;
}

export interface UserRecord extends NewUser {
  readonly id: number;
  /** `blocked`: none of the user's credentials opens anything. */
  readonly state: 'active' | 'blocked';
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
}

export interface UserFilter {
  /** Part of a name, a user name or an address. */
  readonly search: string | null;
  readonly username: string | null;
  readonly state: UserRecord['state'] | null;
}

const COLUMNS = [
  'id',
  'username',
  'name',
  'email',
  'password_hash',
  'is_admin',
  'state',
  'created_at',
  'last_sign_in_at',
] as const;

/** Null: the user name is taken. */
export async function insertUser(tx: Tx, user: NewUser): Promise<number | null> {
  const row = await tx.query
    .insertInto('users')
    .values({
      username: user.username,
      name: user.name,
      email: user.email,
      password_hash: user.passwordHash,
      is_admin: bit(user.isAdministrator),
      state: 'active',
      created_at: tx.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export type UserChange = Partial<Pick<UserRecord, 'name' | 'email' | 'passwordHash' | 'isAdministrator' | 'state'>>;

/** What is left out stays as it is. */
export async function updateUser(tx: Tx, id: number, change: UserChange): Promise<void> {
  const { name, email, passwordHash, isAdministrator, state } = change;
  await tx.query
    .updateTable('users')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      ...(isAdministrator === undefined ? {} : { is_admin: bit(isAdministrator) }),
      ...(state === undefined ? {} : { state }),
    })
    .where('id', '=', id)
    .execute();
  tx.publish({ kind: 'access', id, value: 0 });
}

export async function noteSignIn(tx: Tx, id: number): Promise<void> {
  await tx.query.updateTable('users').set({ last_sign_in_at: tx.now() }).where('id', '=', id).execute();
}

export async function findUser(db: Db, id: number): Promise<UserRecord | null> {
  const row = await db.query.selectFrom('users').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : userOf(row);
}

/** Case does not matter. */
export async function findUserByName(db: Db, username: string): Promise<UserRecord | null> {
  const row = await db.query
    .selectFrom('users')
    .select(COLUMNS)
    .where(({ fn }) => fn('lower', ['username']), '=', username.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? null : userOf(row);
}

/** By id. */
export async function listUsers(db: Db, filter: UserFilter, page: Page): Promise<readonly UserRecord[]> {
  const { limit, offset, after, order } = page;
  const rows = await matching(db, filter)
    .select(COLUMNS)
    .$if(after !== null, (rest) => rest.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(userOf);
}

export async function countUsers(db: Db, filter: UserFilter): Promise<number> {
  const { total } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function matching(db: Db, { search, username, state }: UserFilter): SelectQueryBuilder<Tables, 'users', object> {
  const part = `%${likeText((search ?? '').toLowerCase())}%`;
  return db.query
    .selectFrom('users')
    .$if(search !== null, (query) =>
      query.where(({ eb, fn, or, val }) =>
        or(
          (['username', 'name', 'email'] as const).map((column) =>
            eb(fn<string>('lower', [column]), 'like', eb.cast<string>(val(part), 'text')),
          ),
        ),
      ),
    )
    .$if(username !== null, (query) =>
      query.where(({ fn }) => fn('lower', ['username']), '=', (username ?? '').toLowerCase()),
    )
    .$if(state !== null, (query) => query.where('state', '=', state ?? ''));
}

/** `%` and `_` mean nothing in particular to somebody who searches; there is no escape that both databases know by themselves. */
export function likeText(text: string): string {
  return text.replace(/[%_\\]/g, '_');
}

function userOf(row: Pick<Selectable<Tables['users']>, (typeof COLUMNS)[number]>): UserRecord {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    email: row.email,
    passwordHash: row.password_hash,
    isAdministrator: row.is_admin === 1,
    state: row.state === 'blocked' ? 'blocked' : 'active',
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
  };
}

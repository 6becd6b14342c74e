import { Failure } from '../../../base/index.ts';
import {
  deleteSessionsOf,
  findUserByName,
  insertNamespace,
  insertUser,
  type Tx,
  type UserRecord,
  updateUser,
} from '../../../store/index.ts';
import { isReservedName } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';
import { hashPassword } from '../sign-in/password.ts';

export interface UserRequest {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  /** Null: signs in by link or token alone. */
  readonly password: string | null;
  readonly isAdministrator: boolean;
}

/** Written in the transaction of what it tells of. @param id of the user, or of the token, that it is about */
export type NoteOnPerson = (tx: Tx, id: number) => Promise<void>;

export const NO_NOTE: NoteOnPerson = async () => {};

/** As in GitLab: letters, digits, `_`, `-` and `.`, which neither begins nor ends it. */
const USERNAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}(?<![.-])$/;
const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 128;

/**
 * Makes a user and the namespace that bears its name. Its id.
 * @throws Failure `bad_user` (a name, an address or a password that cannot be), `user_exists`
 */
export async function createUser(
  { store }: Pick<Parts, 'store'>,
  request: UserRequest,
  note: NoteOnPerson = NO_NOTE,
): Promise<number> {
  const { username, email, password } = request;
  if (isReservedName(username)) throw new Failure('bad_user', `${username}: that name is the server's own`);
  if (!USERNAME.test(username)) {
    throw new Failure('bad_user', `${username}: a user name is letters, digits, _, - and . (not at its ends)`);
  }
  if (!/^\S+@\S+$/.test(email)) throw new Failure('bad_user', `${email}: that is no address`);
  const passwordHash = password === null ? null : await hashGoodPassword(password);
  return await store.write(async (tx) => {
    const id = await insertUserWithNamespace(tx, { ...request, passwordHash });
    await note(tx, id);
    return id;
  });
}

/** @throws Failure `user_exists` */
export async function insertUserWithNamespace(
  tx: Tx,
  user: Omit<UserRequest, 'password'> & { readonly passwordHash: string | null },
): Promise<number> {
  const id = await insertUser(tx, user);
  const { username: path, name } = user;
  const namespace = id === null ? null : await insertNamespace(tx, { path, name, kind: 'user', ownerId: id });
  if (id === null || namespace === null) throw new Failure('user_exists', `the name ${path} is taken`);
  return id;
}

/** From here on only the new one opens anything, and no browser is signed in any more. @throws Failure `bad_user`, `no_such_user` */
export async function setPassword(
  { store }: Pick<Parts, 'store'>,
  { username, password }: { readonly username: string; readonly password: string },
  note: NoteOnPerson = NO_NOTE,
): Promise<void> {
  const passwordHash = await hashGoodPassword(password);
  await store.write(async (tx) => {
    const { id } = await requireUser(tx, username);
    await updateUser(tx, id, { passwordHash });
    await deleteSessionsOf(tx, id);
    await note(tx, id);
  });
}

/** @throws Failure `no_such_user` */
export async function requireUser(tx: Tx, username: string): Promise<UserRecord> {
  const user = await findUserByName(tx, username);
  if (user === null) throw new Failure('no_such_user', `there is no user ${username}`);
  return user;
}

/** @throws Failure `bad_user` */
export async function hashGoodPassword(password: string): Promise<string> {
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
    throw new Failure('bad_user', `a password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`);
  }
  return await hashPassword(password);
}

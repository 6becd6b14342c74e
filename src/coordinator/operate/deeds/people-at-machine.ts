import { appendAudit, type Store, type Tx } from '../../../store/index.ts';
import { createToken, createUser, setPassword, type TokenRequest, type UserRequest } from '../../users/index.ts';

/** Whoever may read the data directory is as good as an administrator, and says no name. */
const AT_MACHINE = { userId: null, userName: 'epilogue admin', projectId: null, ip: null } as const;

type Details = Readonly<Record<string, unknown>>;

/** The same deeds as over REST, done at the machine: on the same audit list, under the same words. */
export async function createUserAtMachine(store: Store, request: UserRequest): Promise<number> {
  const { username, isAdministrator: admin } = request;
  return await createUser({ store }, request, note('user.create', 'user', { username, admin }));
}

/** @throws as `setPassword` */
export async function setPasswordAtMachine(
  store: Store,
  request: { readonly username: string; readonly password: string },
): Promise<void> {
  await setPassword({ store }, request, note('user.update', 'user', { changed: ['password'] }));
}

/** @throws as `createToken` */
export async function createTokenAtMachine(store: Store, request: TokenRequest): Promise<string> {
  const { username, scopes } = request;
  return await createToken({ store }, request, note('token.create', 'token', { username, scopes }));
}

function note(action: string, targetKind: 'token' | 'user', details: Details) {
  return async (tx: Tx, id: number): Promise<void> =>
    await appendAudit(tx, { ...AT_MACHINE, action, targetKind, targetId: String(id), details });
}

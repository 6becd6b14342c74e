import { countUsers, insertSignInLink } from '../../store/index.ts';
import { drawToken, hashToken } from '../access/index.ts';
import type { Parts } from '../parts.ts';
import { insertUserWithNamespace } from './people/create-user.ts';

const LINK_MS = 24 * 60 * 60 * 1000;
export const ADMINISTRATOR = 'root';

/**
 * Makes the administrator, `root`, where there is no user yet.
 * @returns an address that signs it in, once, within a day; null: there are users.
 */
export async function firstStart({ store, base }: Pick<Parts, 'store' | 'base'>): Promise<string | null> {
  const token = drawToken('');
  const isFirst = await store.write(async (tx) => {
    if ((await countUsers(tx, { search: null, username: null, state: null })) > 0) return false;
    const userId = await insertUserWithNamespace(tx, {
      username: ADMINISTRATOR,
      name: 'Administrator',
      email: 'root@localhost',
      passwordHash: null,
      isAdministrator: true,
    });
    await insertSignInLink(tx, { tokenHash: hashToken(token), userId, expiresAt: tx.now() + LINK_MS });
    return true;
  });
  return isFirst ? `${base}/users/sign_in/link?token=${token}` : null;
}

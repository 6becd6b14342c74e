import { findLiveToken, findUser, noteTokenUse, type TokenRecord } from '../../../store/index.ts';
import { hashToken, isScope, roleOf, type UserPrincipal } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';
import { principalUser } from './principal-of.ts';
import type { UseNotes } from './use-notes.ts';

const NOTED_EVERY_MS = 60_000;

/** Whose personal or project token it is; null: nobody's, revoked, expired, or its user is blocked. */
export async function readToken(
  { store }: Pick<Parts, 'store'>,
  notes: UseNotes,
  text: string,
): Promise<UserPrincipal | null> {
  const found = await store.read(async (db) => {
    const token = await findLiveToken(db, hashToken(text));
    const user = token === null ? null : await findUser(db, token.userId);
    const isDue = token?.lastUsedAt === null || db.now() - (token?.lastUsedAt ?? 0) >= NOTED_EVERY_MS;
    return token === null || user === null ? null : { token, user, isDue };
  });
  if (found === null || found.user.state !== 'active') return null;
  const project = reachOf(found.token);
  if (project === undefined) return null;
  const { id } = found.token;
  if (found.isDue) await notes.note(`token ${id}`, NOTED_EVERY_MS, (tx) => noteTokenUse(tx, id));
  return {
    kind: 'user',
    user: principalUser(found.user),
    via: 'token',
    scopes: new Set(found.token.scopes.filter(isScope)),
    project,
  };
}

/** Null: all that its user may. Undefined: it is no token of this kind. */
function reachOf({ kind, projectId, role }: TokenRecord): UserPrincipal['project'] | undefined {
  if (kind === 'personal') return null;
  const most = role === null ? null : roleOf(role);
  // A trigger token starts pipelines and opens nothing else.
  return kind === 'project' && projectId !== null && most !== null ? { id: projectId, most } : undefined;
}

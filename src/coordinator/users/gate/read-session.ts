import { findSession, findUser, renewSession } from '../../../store/index.ts';
import { ALL_SCOPES, hashToken, type UserPrincipal } from '../../access/index.ts';
import { SESSION_MS, type Session } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { principalUser } from './principal-of.ts';
import type { UseNotes } from './use-notes.ts';

const RENEWED_EVERY_MS = 3_600_000;

/** Whose browser it is; null: it is signed out, its time is over, or its user is blocked. */
export async function readSession(
  { store }: Pick<Parts, 'store'>,
  notes: UseNotes,
  cookie: string,
): Promise<Session | null> {
  const found = await store.read(async (db) => {
    const session = await findSession(db, hashToken(cookie));
    const user = session === null ? null : await findUser(db, session.userId);
    if (session === null || user === null) return null;
    return { session, user, isDue: db.now() - session.lastUsedAt >= RENEWED_EVERY_MS };
  });
  if (found === null || found.user.state !== 'active') return null;
  const { id, csrfToken } = found.session;
  if (found.isDue) {
    await notes.note(`session ${id}`, RENEWED_EVERY_MS, (tx) => renewSession(tx, id, tx.now() + SESSION_MS));
  }
  const principal: UserPrincipal = {
    kind: 'user',
    user: principalUser(found.user),
    via: 'session',
    scopes: ALL_SCOPES,
    project: null,
  };
  return { principal, csrfToken, isRenewed: found.isDue };
}

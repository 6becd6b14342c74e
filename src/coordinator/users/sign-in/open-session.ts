import { insertSession, noteSignIn, type Tx, type UserRecord } from '../../../store/index.ts';
import { drawToken, hashToken } from '../../access/index.ts';
import { type Call, SESSION_MS } from '../../http/index.ts';

/** Both are shown this once. */
export async function openSession(
  tx: Tx,
  { id }: Pick<UserRecord, 'id'>,
  { remoteAddress, headers }: Pick<Call, 'remoteAddress' | 'headers'>,
): Promise<{ readonly cookie: string; readonly csrfToken: string }> {
  const cookie = drawToken('');
  const csrfToken = drawToken('');
  await insertSession(tx, {
    tokenHash: hashToken(cookie),
    userId: id,
    csrfToken,
    expiresAt: tx.now() + SESSION_MS,
    ip: remoteAddress,
    userAgent: (headers['user-agent'] ?? '').slice(0, 255),
  });
  await noteSignIn(tx, id);
  return { cookie, csrfToken };
}

import { Type } from 'typebox';
import {
  deleteSession,
  findUser,
  findUserByName,
  insertSession,
  noteSignIn,
  type Tx,
  takeSignInLink,
  type UserRecord,
} from '../../../store/index.ts';
import { drawToken, hashToken } from '../../access/index.ts';
import {
  type Answer,
  AttemptLimiter,
  type Call,
  noContent,
  ok,
  presentedCredential,
  type Route,
  route,
  text,
  tooManyRequests,
  unauthorized,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { isPassword } from './password.ts';
import { endedSessionCookie, SESSION_MS, sessionCookie } from './session-cookie.ts';

/** Wrong passwords for one name, or from one address, and neither is listened to for a while. */
const MOST_WRONG = 10;
const WINDOW_MS = 10 * 60_000;

/** Signing in by password and by a link that is good once, and out. */
export function signInRoutes(parts: Parts): readonly Route[] {
  const wrong = new AttemptLimiter(parts.clock, MOST_WRONG, WINDOW_MS);
  const common = { action: 'session.open', tag: 'Sign in', hidden: true } as const;
  return [
    route({
      ...common,
      method: 'POST',
      path: '/users/sign_in',
      summary: 'Sign in with user name and password; the answer sets the session cookie',
      body: Type.Object({ login: Type.String({ maxLength: 255 }), password: Type.String({ maxLength: 1024 }) }),
      answers: { 200: Type.Object({ csrf_token: Type.String() }) },
      handle: async (call) => {
        const { login, password } = call.body;
        const keys = [call.remoteAddress, `user ${login.toLowerCase()}`];
        const wait = Math.max(...keys.map((key) => wrong.waitSeconds(key)));
        if (wait > 0) throw tooManyRequests(wait);
        // Before the look, so that many tries at once are as many.
        for (const key of keys) wrong.failed(key);
        const user = await parts.store.read((db) => findUserByName(db, login));
        const isRight = await isPassword(password, user?.passwordHash ?? null);
        if (user === null || !isRight || user.state !== 'active') throw unauthorized();
        for (const key of keys) wrong.succeeded(key);
        const session = await parts.store.write((tx) => openSession(tx, user, call));
        return ok({ csrf_token: session.csrfToken }, { 'set-cookie': sessionCookie(session.cookie, parts.base) });
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: '/users/sign_in/link',
      summary: 'Sign in with a link that is good once',
      query: Type.Object({ token: Type.String({ maxLength: 255 }) }),
      answers: { 200: null },
      handle: (call) => signInByLink(parts, call.query.token, call),
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/users/sign_out',
      summary: 'Sign out',
      answers: { 204: null },
      handle: async (call) => {
        const shown = presentedCredential(call.headers, new URLSearchParams());
        if (shown.kind === 'session') await parts.store.write((tx) => deleteSession(tx, hashToken(shown.cookie)));
        return { ...noContent(), headers: { 'set-cookie': endedSessionCookie(parts.base) } };
      },
    }),
  ];
}

async function signInByLink(parts: Parts, token: string, call: Call): Promise<Answer> {
  const session = await parts.store.write(async (tx) => {
    const id = await takeSignInLink(tx, hashToken(token));
    const user = id === null ? null : await findUser(tx, id);
    return user === null || user.state !== 'active' ? null : { ...(await openSession(tx, user, call)), user };
  });
  if (session === null)
    return text('This link was used before, or its day is over.\n', 'text/plain; charset=utf-8', 410);
  const answer = text(`You are signed in as ${session.user.username}.\n`);
  return { ...answer, headers: { ...answer.headers, 'set-cookie': sessionCookie(session.cookie, parts.base) } };
}

async function openSession(
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

import { Type } from 'typebox';
import { deleteSession, findUserByName } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import {
  AttemptLimiter,
  noContent,
  ok,
  presentedCredential,
  type Route,
  route,
  tooBusy,
  tooManyRequests,
  unauthorized,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { linkRoutes } from './link-routes.ts';
import { openSession } from './open-session.ts';
import { isPassword } from './password.ts';
import { endedSessionCookie, sessionCookie } from './session-cookie.ts';
import { Turns } from './turns.ts';

/** Wrong passwords for one name, or from one address, and neither is listened to for a while. */
const MOST_WRONG = 10;
const WINDOW_MS = 10 * 60_000;
/** Of checks of passwords: each takes 32 MiB, and one of the four threads with which files are read and written too. */
const AT_ONCE = 2;
const MOST_WAITING = 20;
const BUSY_S = 2;

/** Signing in by password and by a link that is good once, and out. */
export function signInRoutes(parts: Parts): readonly Route[] {
  const wrong = new AttemptLimiter(parts.clock, MOST_WRONG, WINDOW_MS);
  const checks = new Turns({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING });
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
        // No fault of theirs: it does not count.
        if (checks.isFull) throw tooBusy(BUSY_S);
        // Before the look, so that many tries at once are as many.
        for (const key of keys) wrong.failed(key);
        const { user, isRight } = await checks.take(async () => {
          const found = await parts.store.read((db) => findUserByName(db, login));
          return { user: found, isRight: await isPassword(password, found?.passwordHash ?? null) };
        });
        if (user === null || !isRight || user.state !== 'active') throw unauthorized();
        // Their own account opens to them; it is no proof that what came before from there was not somebody trying others.
        wrong.takeBack(call.remoteAddress);
        wrong.succeeded(`user ${login.toLowerCase()}`);
        const session = await parts.store.write((tx) => openSession(tx, user, call));
        return ok({ csrf_token: session.csrfToken }, { 'set-cookie': sessionCookie(session.cookie, parts.base) });
      },
    }),
    ...linkRoutes(parts),
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

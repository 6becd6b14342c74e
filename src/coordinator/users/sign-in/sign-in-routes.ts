import { Type } from 'typebox';
import { deleteSession, findUserByName } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import {
  endedSessionCookie,
  noContent,
  ok,
  presentedCredential,
  type Route,
  route,
  sessionCookie,
  unauthorized,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { checkPasswords } from './check-passwords.ts';
import { linkRoutes } from './link-routes.ts';
import { openSession } from './open-session.ts';
import { ownPasswordRoute } from './own-password.ts';
import { refuseOtherSites } from './refuse-other-sites.ts';

/** Signing in by password and by a link that is good once, and out; a password of one's own. */
export function signInRoutes(parts: Parts): readonly Route[] {
  const check = checkPasswords(parts);
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
        refuseOtherSites(call);
        const { login, password } = call.body;
        const find = () => parts.store.read((db) => findUserByName(db, login));
        const user = await check({ login, password, remoteAddress: call.remoteAddress, find });
        if (user === null) throw unauthorized();
        const session = await parts.store.write((tx) => openSession(tx, user, call));
        return ok({ csrf_token: session.csrfToken }, { 'set-cookie': sessionCookie(session.cookie, parts.base) });
      },
    }),
    ...linkRoutes(parts),
    ownPasswordRoute(parts, check),
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

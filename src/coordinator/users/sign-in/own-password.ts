import { Type } from 'typebox';
import { deleteSessionsOf, findUser, updateUser } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import { type Call, credentialOf, forbidden, noContent, notFound, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { hashGoodPassword } from '../people/create-user.ts';
import { told } from '../rest/told.ts';
import type { CheckPassword } from './check-passwords.ts';

const body = Type.Object({
  password: Type.String({ maxLength: 255 }),
  current_password: Type.Optional(Type.String({ maxLength: 1024, description: 'unless there is none yet' })),
});

/**
 * A password of one's own. The old one is asked for: a browser that was left open, or a token, is not enough to keep its owner out. Who has none yet, as
 * the administrator of a first start, gives one from a browser that is signed in.
 */
export function ownPasswordRoute(parts: Parts, check: CheckPassword): Route {
  const { store } = parts;
  return route({
    method: 'PUT',
    path: '/api/v4/user/password',
    action: 'user.password',
    tag: 'Users',
    summary: 'Change your own password; every other browser of yours is signed out',
    body,
    answers: { 204: null },
    handle: async (call) => {
      const { principal, remoteAddress } = call;
      if (principal.kind !== 'user') throw notFound('User');
      const { id, username: login } = principal.user;
      const find = () => store.read((db) => findUser(db, id));
      const hasOne = (await find())?.passwordHash != null;
      if (!hasOne && principal.via !== 'session') throw forbidden('a first password is given in the browser');
      const password = call.body.current_password ?? '';
      if (hasOne && (await check({ login, password, remoteAddress, find })) === null) {
        throw forbidden('the current password is another');
      }
      const passwordHash = await told(() => hashGoodPassword(call.body.password));
      await store.write(async (tx) => {
        await updateUser(tx, id, { passwordHash });
        await deleteSessionsOf(tx, id, ownSession(call));
        const doer = { principal, remoteAddress, project: null };
        await noteAudit(tx, doer, { action: 'user.password', targetKind: 'user', targetId: id, details: {} });
      });
      return noContent();
    },
  });
}

function ownSession(call: Pick<Call, 'headers' | 'url'>): string | null {
  const shown = credentialOf(call);
  return shown.kind === 'session' ? hashToken(shown.cookie) : null;
}

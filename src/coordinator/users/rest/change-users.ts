import { Type } from 'typebox';
import { deleteSessionsOf, findUser, type UserChange, updateUser } from '../../../store/index.ts';
import { type Call, created, forbidden, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { ID, words } from '../../rest/schemas/common.ts';
import { createUser, setPassword } from '../people/create-user.ts';
import { FULL_USER, showFullUser } from './people-schemas.ts';
import { told } from './told.ts';

const common = { action: 'user.manage', tag: 'Users' } as const;
const params = Type.Object({ user_id: ID });

/** Users: made, changed, blocked; by administrators. */
export function changeUserRoutes(parts: Parts): readonly Route[] {
  return [
    makeRoute(parts),
    changeRoute(parts),
    ...(['block', 'unblock'] as const).map((verb) => blockRoute(parts, verb)),
  ];
}

function makeRoute(parts: Parts): Route {
  return route({
    ...common,
    method: 'POST',
    path: '/api/v4/users',
    summary: 'Make a user',
    body: Type.Object({
      username: words(255),
      name: words(255),
      email: words(255),
      password: Type.Optional(words(255)),
      admin: Type.Optional(Type.Boolean()),
    }),
    answers: { 201: FULL_USER },
    handle: async (call) => {
      const { username, name, email, password = null, admin: isAdministrator = false } = call.body;
      const id = await told(() => createUser(parts, { username, name, email, password, isAdministrator }));
      await noteOn(parts, call, id, { action: 'user.create', details: { username, admin: isAdministrator } });
      return created(await show(parts, id));
    },
  });
}

function changeRoute(parts: Parts): Route {
  return route({
    ...common,
    method: 'PUT',
    path: '/api/v4/users/:user_id',
    summary: 'Change a user; a new password signs it out everywhere',
    params,
    body: Type.Object({
      name: Type.Optional(words(255)),
      email: Type.Optional(words(255)),
      password: Type.Optional(words(255)),
      admin: Type.Optional(Type.Boolean()),
    }),
    answers: { 200: FULL_USER },
    handle: async (call) => {
      const { name, email, password, admin } = call.body;
      const id = call.params.user_id;
      const { username } = await show(parts, id);
      const own = call.principal.kind === 'user' && call.principal.user.id === id;
      if (own && admin === false) throw forbidden('another administrator has to do that');
      if (password !== undefined) await told(() => setPassword(parts, { username, password }));
      const change: UserChange = {
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
        ...(admin === undefined ? {} : { isAdministrator: admin }),
      };
      if (Object.keys(change).length > 0) await parts.store.write((tx) => updateUser(tx, id, change));
      await noteOn(parts, call, id, { action: 'user.update', details: { changed: Object.keys(call.body) } });
      return ok(await show(parts, id));
    },
  });
}

function blockRoute(parts: Parts, verb: 'block' | 'unblock'): Route {
  return route({
    ...common,
    method: 'POST',
    path: `/api/v4/users/:user_id/${verb}`,
    summary: verb === 'block' ? 'Block a user: no credential of theirs opens anything' : 'Unblock a user',
    params,
    answers: { 201: Type.Boolean() },
    handle: async (call) => {
      const id = call.params.user_id;
      await show(parts, id);
      if (call.principal.kind === 'user' && call.principal.user.id === id) throw forbidden('nobody blocks themselves');
      await parts.store.write(async (tx) => {
        await updateUser(tx, id, { state: verb === 'block' ? 'blocked' : 'active' });
        await deleteSessionsOf(tx, id);
      });
      await noteOn(parts, call, id, { action: `user.${verb}`, details: {} });
      return created(true);
    },
  });
}

/** @throws HttpError 404 */
async function show({ store, base }: Parts, id: number) {
  const user = await store.read((db) => findUser(db, id));
  if (user === null) throw notFound('User');
  return showFullUser(user, base);
}

async function noteOn(
  { store }: Parts,
  { principal, remoteAddress }: Pick<Call, 'principal' | 'remoteAddress'>,
  id: number,
  { action, details }: { readonly action: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<void> {
  const doer = { principal, remoteAddress, project: null };
  await store.write((tx) => noteAudit(tx, doer, { action, targetKind: 'user', targetId: id, details }));
}

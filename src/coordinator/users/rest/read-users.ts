import { Type } from 'typebox';
import { countUsers, findUser, listUsers } from '../../../store/index.ts';
import type { Principal } from '../../access/index.ts';
import { notFound, ok, PAGING, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../../rest/listing.ts';
import { ID, KEYSET, USER, words } from '../../rest/schemas/common.ts';
import { FULL_USER, showBriefUser, showFullUser } from './people-schemas.ts';

const ANY_USER = Type.Union([FULL_USER, USER]);
const tag = 'Users';

/** Users: oneself, listed, one. */
export function readUserRoutes({ store, base }: Parts): readonly Route[] {
  const common = { method: 'GET', action: 'user.list', tag } as const;
  return [
    route({
      ...common,
      path: '/api/v4/user',
      action: 'user.self',
      summary: 'Who is asking',
      answers: { 200: FULL_USER },
      handle: async ({ principal }) => {
        const id = principal.kind === 'user' ? principal.user.id : 0;
        const user = await store.read((db) => findUser(db, id));
        if (user === null) throw notFound('User');
        return ok(showFullUser(user, base));
      },
    }),
    route({
      ...common,
      path: '/api/v4/users',
      summary: 'List users',
      query: Type.Object({
        ...PAGING,
        ...KEYSET,
        search: Type.Optional(words(255)),
        username: Type.Optional(words(255)),
        active: Type.Optional(Type.Boolean()),
        blocked: Type.Optional(Type.Boolean()),
      }),
      answers: { 200: Type.Array(ANY_USER) },
      handle: async (call) => {
        const { search = null, username = null, active, blocked } = call.query;
        const state = blocked === true ? 'blocked' : active === true ? 'active' : null;
        const filter = { search, username, state } as const;
        const show = showFor(call.principal, base);
        return await store.read(async (db) => {
          const found = await listUsers(db, filter, storePage(call.query, 'desc'));
          return listed(call, found, await countUsers(db, filter), show);
        });
      },
    }),
    route({
      ...common,
      path: '/api/v4/users/:user_id',
      summary: 'One user',
      params: Type.Object({ user_id: ID }),
      answers: { 200: ANY_USER },
      handle: async ({ params, principal }) => {
        const user = await store.read((db) => findUser(db, params.user_id));
        if (user === null) throw notFound('User');
        return ok(showFor(principal, base)(user));
      },
    }),
  ];
}

/** An address is for its owner and for administrators. */
function showFor(principal: Principal, base: string) {
  const isAdministrator = principal.kind === 'user' && principal.user.isAdministrator;
  return (user: Parameters<typeof showFullUser>[0]) =>
    isAdministrator ? showFullUser(user, base) : showBriefUser(user, base);
}

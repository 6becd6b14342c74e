import { Type } from 'typebox';
import {
  countTokens,
  findLiveToken,
  findToken,
  findUser,
  listTokens,
  revokeToken,
  type TokenRecord,
} from '../../../store/index.ts';
import { hashToken, type Principal } from '../../access/index.ts';
import {
  type Call,
  created,
  credentialOf,
  noContent,
  notFound,
  ok,
  PAGING,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../../rest/listing.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { ID, KEYSET } from '../../rest/schemas/common.ts';
import { issueToken } from '../people/issue-token.ts';
import { expiryOf, NEW_TOKEN, PERSONAL_TOKEN, showToken } from './people-schemas.ts';

const tag = 'Tokens';
const root = '/api/v4/personal_access_tokens';
const query = Type.Object({
  ...PAGING,
  ...KEYSET,
  user_id: Type.Optional(ID),
  state: Type.Optional(Type.Enum(['active', 'inactive'])),
});

/** Personal access tokens: one's own; of everybody for administrators. */
export function personalTokenRoutes(parts: Parts): readonly Route[] {
  const { store } = parts;
  return [
    route({
      method: 'GET',
      path: root,
      action: 'token.own',
      tag,
      summary: 'List personal access tokens',
      query,
      answers: { 200: Type.Array(PERSONAL_TOKEN) },
      handle: async (call) => {
        const { user_id: userId = null, state } = call.query;
        const isActive = state === undefined ? null : state === 'active';
        const own = isAdministrator(call.principal) ? userId : userIdOf(call.principal);
        const filter = { kind: 'personal', userId: own, projectId: null, isActive } as const;
        return await store.read(async (db) => {
          const found = await listTokens(db, filter, storePage(call.query, 'desc'));
          return listed(call, found, await countTokens(db, filter), (token) => showToken(token, db.now()));
        });
      },
    }),
    makeRoute(parts),
    ...selfRoutes(parts),
    ...oneRoutes(parts),
  ];
}

function makeRoute({ store }: Parts): Route {
  return route({
    method: 'POST',
    path: '/api/v4/users/:user_id/personal_access_tokens',
    action: 'user.manage',
    tag,
    summary: 'Make a personal access token for a user',
    params: Type.Object({ user_id: ID }),
    body: Type.Object(NEW_TOKEN),
    answers: { 201: PERSONAL_TOKEN },
    handle: async (call) => {
      const { name, scopes, expires_at: day } = call.body;
      const userId = call.params.user_id;
      const shown = await store.write(async (tx) => {
        if ((await findUser(tx, userId)) === null) throw notFound('User');
        const expiresAt = expiryOf(day, tx.now());
        const made = await issueToken(tx, {
          kind: 'personal',
          userId,
          projectId: null,
          name,
          scopes,
          role: null,
          expiresAt,
        });
        const details = { user_id: userId, scopes };
        await noteAudit(tx, ofInstance(call), {
          action: 'token.create',
          targetKind: 'token',
          targetId: made.id,
          details,
        });
        const token = await findToken(tx, 'personal', made.id);
        return token === null ? null : { ...showToken(token, tx.now()), token: made.token };
      });
      return created(shown);
    },
  });
}

/** The token that the request shows. */
function selfRoutes({ store }: Parts): readonly Route[] {
  const common = { path: `${root}/self`, action: 'token.self', tag } as const;
  const find = async (call: Call): Promise<TokenRecord> => {
    const shown = credentialOf(call);
    const token = shown.kind === 'token' ? await store.read((db) => findLiveToken(db, hashToken(shown.token))) : null;
    if (token === null) throw notFound();
    return token;
  };
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'The token of this request',
      answers: { 200: PERSONAL_TOKEN },
      handle: async (call) => {
        const token = await find(call);
        return ok(await store.read(async (db) => showToken(token, db.now())));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: 'Revoke the token of this request',
      answers: { 204: null },
      handle: async (call) => {
        await revoke(store, call, await find(call));
        return noContent();
      },
    }),
  ];
}

function oneRoutes({ store }: Parts): readonly Route[] {
  const common = {
    path: `${root}/:token_id`,
    action: 'token.own',
    tag,
    params: Type.Object({ token_id: ID }),
  } as const;
  const find = async ({ params, principal }: Pick<Call<{ token_id: number }>, 'params' | 'principal'>) => {
    const token = await store.read((db) => findToken(db, 'personal', params.token_id));
    const isOwn = token?.userId === userIdOf(principal);
    // Whether there is one is for nobody else to know.
    if (token === null || !(isOwn || isAdministrator(principal))) throw notFound();
    return token;
  };
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'One personal access token',
      answers: { 200: PERSONAL_TOKEN },
      handle: async (call) => {
        const token = await find(call);
        return ok(await store.read(async (db) => showToken(token, db.now())));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: 'Revoke a personal access token',
      answers: { 204: null },
      handle: async (call) => {
        await revoke(store, call, await find(call));
        return noContent();
      },
    }),
  ];
}

async function revoke(store: Parts['store'], call: Pick<Call, 'principal' | 'remoteAddress'>, { id }: TokenRecord) {
  await store.write(async (tx) => {
    await revokeToken(tx, id);
    await noteAudit(tx, ofInstance(call), { action: 'token.revoke', targetKind: 'token', targetId: id });
  });
}

function ofInstance({ principal, remoteAddress }: Pick<Call, 'principal' | 'remoteAddress'>) {
  return { principal, remoteAddress, project: null };
}

function userIdOf(principal: Principal): number {
  return principal.kind === 'user' ? principal.user.id : 0;
}

function isAdministrator(principal: Principal): boolean {
  return principal.kind === 'user' && principal.user.isAdministrator;
}

import { Type } from 'typebox';
import { countTokens, type Db, findToken, listTokens, revokeToken, type TokenRecord } from '../../../store/index.ts';
import { ACCESS_LEVELS, levelIn } from '../../access/index.ts';
import { created, forbidden, invalid, noContent, notFound, ok, PAGING, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../../rest/listing.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { ID, KEYSET, PROJECT_PARAMS } from '../../rest/schemas/common.ts';
import { issueToken } from '../people/issue-token.ts';
import { expiryOf, NEW_TOKEN, PROJECT_TOKEN, showProjectToken } from './people-schemas.ts';

const common = { action: 'token.project', tag: 'Tokens' } as const;
const path = '/api/v4/projects/:id/access_tokens';
const LEVELS = Object.values(ACCESS_LEVELS);

/** Tokens that open one project. They act for whoever made them, up to a role. */
export function projectTokenRoutes({ store }: Parts): readonly Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      path,
      summary: "List a project's access tokens",
      params: Type.Object(PROJECT_PARAMS),
      query: Type.Object({ ...PAGING, ...KEYSET, state: Type.Optional(Type.Enum(['active', 'inactive'])) }),
      answers: { 200: Type.Array(PROJECT_TOKEN) },
      handle: async (call) => {
        const { state } = call.query;
        const isActive = state === undefined ? null : state === 'active';
        const filter = { kind: 'project', userId: null, projectId: call.project.id, isActive } as const;
        return await store.read(async (db) => {
          const found = await listTokens(db, filter, storePage(call.query, 'desc'));
          return listed(call, found, await countTokens(db, filter), (token) => showProjectToken(token, db.now()));
        });
      },
    }),
    makeRoute({ store }),
    ...oneRoutes({ store }),
  ];
}

function makeRoute({ store }: Pick<Parts, 'store'>): Route {
  return route({
    ...common,
    method: 'POST',
    path,
    summary: 'Make an access token for a project',
    params: Type.Object(PROJECT_PARAMS),
    body: Type.Object({ ...NEW_TOKEN, access_level: Type.Optional(Type.Integer({ enum: LEVELS })) }),
    answers: { 201: PROJECT_TOKEN },
    handle: async (call) => {
      const { principal, project, body } = call;
      if (principal.kind !== 'user') throw forbidden();
      const role = body.access_level ?? ACCESS_LEVELS.maintainer;
      // Nobody hands on more than they have.
      if (role > levelIn(principal, project)) throw invalid({ access_level: ['is more than your own'] });
      const shown = await store.write(async (tx) => {
        const { name, scopes } = body;
        const made = await issueToken(tx, {
          kind: 'project',
          userId: principal.user.id,
          projectId: project.id,
          name,
          scopes,
          role,
          expiresAt: expiryOf(body.expires_at, tx.now()),
        });
        await noteAudit(tx, call, {
          action: 'token.create',
          targetKind: 'token',
          targetId: made.id,
          details: { scopes, access_level: role },
        });
        const token = await ownToken(tx, project.id, made.id);
        return { ...showProjectToken(token, tx.now()), token: made.token };
      });
      return created(shown);
    },
  });
}

function oneRoutes({ store }: Pick<Parts, 'store'>): readonly Route[] {
  const one = { ...common, path: `${path}/:token_id`, params: Type.Object({ ...PROJECT_PARAMS, token_id: ID }) };
  return [
    route({
      ...one,
      method: 'GET',
      summary: 'One access token of a project',
      answers: { 200: PROJECT_TOKEN },
      handle: async ({ project, params }) =>
        ok(await store.read(async (db) => showProjectToken(await ownToken(db, project.id, params.token_id), db.now()))),
    }),
    route({
      ...one,
      method: 'DELETE',
      summary: 'Revoke an access token of a project',
      answers: { 204: null },
      handle: async (call) => {
        await store.write(async (tx) => {
          const { id } = await ownToken(tx, call.project.id, call.params.token_id);
          await revokeToken(tx, id);
          await noteAudit(tx, call, { action: 'token.revoke', targetKind: 'token', targetId: id });
        });
        return noContent();
      },
    }),
  ];
}

/** @throws HttpError 404, also for one of another project. */
async function ownToken(db: Db, projectId: number, id: number): Promise<TokenRecord> {
  const token = await findToken(db, 'project', id);
  if (token === null || token.projectId !== projectId) throw notFound();
  return token;
}

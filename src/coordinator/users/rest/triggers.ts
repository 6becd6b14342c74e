import { type Static, Type } from 'typebox';
import {
  countTokens,
  type Db,
  findToken,
  findUser,
  listTokens,
  renameToken,
  revokeToken,
  type TokenRecord,
} from '../../../store/index.ts';
import { TOKEN_PREFIXES } from '../../access/index.ts';
import {
  created,
  forbidden,
  noContent,
  notFound,
  ok,
  PAGING,
  paged,
  pageOf,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { answer, ID, INSTANT, nullable, PROJECT_PARAMS, USER, words } from '../../rest/schemas/common.ts';
import { instant, instantOrNull } from '../../rest/shapes/show-common.ts';
import { issueToken } from '../people/issue-token.ts';
import { showBriefUser } from './people-schemas.ts';

const TRIGGER = answer({
  id: ID,
  token: Type.String({ description: 'whole when it is made, and never again' }),
  description: Type.String(),
  created_at: INSTANT,
  updated_at: INSTANT,
  last_used: nullable(INSTANT),
  expires_at: nullable(INSTANT),
  owner: nullable(USER),
});
const common = { action: 'trigger.manage', tag: 'Triggers' } as const;
const path = '/api/v4/projects/:id/triggers';
const params = Type.Object(PROJECT_PARAMS);
const body = Type.Object({ description: words(255) });

/** Tokens that start pipelines of one project and open nothing else. */
export function triggerRoutes(parts: Parts): readonly Route[] {
  const { store, base } = parts;
  return [
    route({
      ...common,
      method: 'GET',
      path,
      summary: "List a project's trigger tokens",
      params,
      query: Type.Object(PAGING),
      answers: { 200: Type.Array(TRIGGER) },
      handle: async (call) => {
        const page = pageOf(call.query);
        const filter = { kind: 'trigger', userId: null, projectId: call.project.id, isActive: true } as const;
        return await store.read(async (db) => {
          const some = { limit: page.perPage, offset: page.offset, after: null, order: 'asc' } as const;
          const items: Static<typeof TRIGGER>[] = [];
          for (const token of await listTokens(db, filter, some)) items.push(await showTrigger(db, token, base));
          return paged({ items, total: await countTokens(db, filter) }, page, call.base, call.url);
        });
      },
    }),
    route({
      ...common,
      method: 'POST',
      path,
      summary: 'Make a trigger token, which acts for whoever makes it',
      params,
      body,
      answers: { 201: TRIGGER },
      handle: async (call) => {
        const { principal, project } = call;
        if (principal.kind !== 'user') throw forbidden();
        const shown = await store.write(async (tx) => {
          const made = await issueToken(tx, {
            kind: 'trigger',
            userId: principal.user.id,
            projectId: project.id,
            name: call.body.description,
            scopes: [],
            role: null,
            expiresAt: null,
          });
          await noteAudit(tx, call, { action: 'trigger.create', targetKind: 'token', targetId: made.id });
          const token = await ownTrigger(tx, project.id, made.id);
          return { ...(await showTrigger(tx, token, base)), token: made.token };
        });
        return created(shown);
      },
    }),
    ...oneRoutes(parts),
  ];
}

function oneRoutes({ store, base }: Parts): readonly Route[] {
  const one = { ...common, path: `${path}/:trigger_id`, params: Type.Object({ ...PROJECT_PARAMS, trigger_id: ID }) };
  return [
    route({
      ...one,
      method: 'GET',
      summary: 'One trigger token',
      answers: { 200: TRIGGER },
      handle: async ({ project, params: { trigger_id: id } }) =>
        ok(await store.read(async (db) => showTrigger(db, await ownTrigger(db, project.id, id), base))),
    }),
    route({
      ...one,
      method: 'PUT',
      summary: 'Describe a trigger token anew',
      body,
      answers: { 200: TRIGGER },
      handle: async (call) => {
        const { trigger_id: id } = call.params;
        const shown = await store.write(async (tx) => {
          const token = await ownTrigger(tx, call.project.id, id);
          await renameToken(tx, id, call.body.description);
          return await showTrigger(tx, { ...token, name: call.body.description }, base);
        });
        return ok(shown);
      },
    }),
    route({
      ...one,
      method: 'DELETE',
      summary: 'Revoke a trigger token',
      answers: { 204: null },
      handle: async (call) => {
        await store.write(async (tx) => {
          const { id } = await ownTrigger(tx, call.project.id, call.params.trigger_id);
          await revokeToken(tx, id);
          await noteAudit(tx, call, { action: 'trigger.delete', targetKind: 'token', targetId: id });
        });
        return noContent();
      },
    }),
  ];
}

/** @throws HttpError 404, also for one that is revoked or of another project. */
async function ownTrigger(db: Db, projectId: number, id: number): Promise<TokenRecord> {
  const token = await findToken(db, 'trigger', id);
  if (token === null || token.projectId !== projectId || token.revokedAt !== null) throw notFound('Trigger');
  return token;
}

async function showTrigger(db: Db, token: TokenRecord, base: string): Promise<Static<typeof TRIGGER>> {
  const owner = await findUser(db, token.userId);
  return {
    id: token.id,
    // Nobody knows more of it than its hash.
    token: `${TOKEN_PREFIXES.trigger}…`,
    description: token.name,
    created_at: instant(token.createdAt),
    updated_at: instant(token.createdAt),
    last_used: instantOrNull(token.lastUsedAt),
    expires_at: instantOrNull(token.expiresAt),
    owner: owner === null ? null : showBriefUser(owner, base),
  };
}

import { type Static, Type } from 'typebox';
import {
  countTokens,
  type Db,
  findToken,
  insertToken,
  listTokens,
  listUserViews,
  revokeToken,
  setTokenName,
  type TokenRecord,
} from '../../../store/index.ts';
import { drawToken, hashToken, TOKEN_PREFIXES } from '../../access/index.ts';
import {
  badInstant,
  created,
  forbidden,
  noContent,
  notFound,
  ok,
  PAGING,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../listing.ts';
import { noteAudit } from '../note-audit.ts';
import { answer, ID, INSTANT, nullable, PROJECT_PARAMS, USER } from '../schemas/common.ts';
import { distinct } from '../shapes/gather-jobs.ts';
import { instant, instantOrNull, showUser } from '../shapes/show-common.ts';

const TAG = 'triggers';
const PATH = '/api/v4/projects/:id/triggers';
const ONE = Type.Object({ ...PROJECT_PARAMS, trigger_id: ID });
const DESCRIPTION = Type.String({ minLength: 1, maxLength: 255 });

const TRIGGER = answer({
  id: ID,
  token: Type.String({ description: 'in full when it has just been made, and never again' }),
  description: Type.String(),
  created_at: INSTANT,
  updated_at: INSTANT,
  last_used: nullable(INSTANT),
  expires_at: nullable(INSTANT),
  owner: nullable(USER),
});

/** Tokens that start pipelines of a project, as whoever made them. */
export function triggerRoutes(parts: Parts): readonly Route[] {
  return [list(parts), one(parts), create(parts), rename(parts), remove(parts)];
}

function list({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: PATH,
    action: 'trigger.manage',
    summary: 'Trigger tokens of a project',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: Type.Object(PAGING),
    answers: { 200: Type.Array(TRIGGER) },
    handle: async (call) =>
      await store.read(async (db) => {
        const filter = { kind: 'trigger', userId: null, projectId: call.project.id, isActive: true } as const;
        const tokens = await listTokens(db, filter, storePage(call.query, 'asc'));
        const users = await listUserViews(db, distinct(tokens.map(({ userId }) => userId)));
        const total = await countTokens(db, filter);
        return listed(call, tokens, total, (token) => show(token, showUser(users.get(token.userId), base)));
      }),
  });
}

function one({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:trigger_id`,
    action: 'trigger.manage',
    summary: 'One trigger token',
    tag: TAG,
    params: ONE,
    answers: { 200: TRIGGER },
    handle: async ({ project, params }) =>
      ok(await store.read(async (db) => await load(db, await ownTrigger(db, project.id, params.trigger_id), base))),
  });
}

function create({ store, base }: Parts): Route {
  return route({
    method: 'POST',
    path: PATH,
    action: 'trigger.manage',
    summary: 'Make a trigger token; it is shown this once',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    body: Type.Object({ description: DESCRIPTION, expires_at: Type.Optional(nullable(Type.String())) }),
    answers: { 201: TRIGGER },
    handle: async (call) => {
      const { project, principal, body } = call;
      if (principal.kind !== 'user') throw forbidden();
      const expiresAt = expiryOf(body.expires_at ?? null);
      const secret = drawToken(TOKEN_PREFIXES.trigger);
      return await store.write(async (tx) => {
        const common = { kind: 'trigger', userId: principal.user.id, projectId: project.id, scopes: [] } as const;
        const token = { ...common, tokenHash: hashToken(secret), name: body.description, role: null, expiresAt };
        const id = await insertToken(tx, token);
        await noteAudit(tx, call, { action: 'trigger.create', targetKind: 'token', targetId: id });
        return created({ ...(await load(tx, await ownTrigger(tx, project.id, id), base)), token: secret });
      });
    },
  });
}

function rename({ store, base }: Parts): Route {
  return route({
    method: 'PUT',
    path: `${PATH}/:trigger_id`,
    action: 'trigger.manage',
    summary: 'Describe a trigger token in other words',
    tag: TAG,
    params: ONE,
    body: Type.Object({ description: Type.Optional(DESCRIPTION) }),
    answers: { 200: TRIGGER },
    handle: async ({ project, params, body }) =>
      await store.write(async (tx) => {
        const { id } = await ownTrigger(tx, project.id, params.trigger_id);
        if (body.description !== undefined) await setTokenName(tx, id, body.description);
        return ok(await load(tx, await ownTrigger(tx, project.id, id), base));
      }),
  });
}

function remove({ store }: Parts): Route {
  return route({
    method: 'DELETE',
    path: `${PATH}/:trigger_id`,
    action: 'trigger.manage',
    summary: 'Take a trigger token back',
    tag: TAG,
    params: ONE,
    answers: { 204: null },
    handle: async (call) =>
      await store.write(async (tx) => {
        const { id } = await ownTrigger(tx, call.project.id, call.params.trigger_id);
        await revokeToken(tx, id);
        await noteAudit(tx, call, { action: 'trigger.delete', targetKind: 'token', targetId: id });
        return noContent();
      }),
  });
}

async function ownTrigger(db: Db, projectId: number, id: number): Promise<TokenRecord> {
  const token = await findToken(db, 'trigger', id);
  if (token === null || token.projectId !== projectId || token.revokedAt !== null) throw notFound('Trigger');
  return token;
}

async function load(db: Db, token: TokenRecord, base: string): Promise<Static<typeof TRIGGER>> {
  return show(token, showUser((await listUserViews(db, [token.userId])).get(token.userId), base));
}

function show(token: TokenRecord, owner: Static<typeof TRIGGER>['owner']): Static<typeof TRIGGER> {
  return {
    id: token.id,
    token: `${TOKEN_PREFIXES.trigger}********`,
    description: token.name,
    created_at: instant(token.createdAt),
    updated_at: instant(token.createdAt),
    last_used: instantOrNull(token.lastUsedAt),
    expires_at: instantOrNull(token.expiresAt),
    owner,
  };
}

function expiryOf(text: string | null): number | null {
  if (text === null) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw badInstant('expires_at');
  return at;
}

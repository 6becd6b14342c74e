import { Type } from 'typebox';
import { findLiveToken, findToken, revokeToken, type TokenRecord, type Tx } from '../../../store/index.ts';
import { hashToken, levelIn } from '../../access/index.ts';
import {
  type Call,
  created,
  credentialOf,
  forbidden,
  invalid,
  notFound,
  ok,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { type Doer, noteAudit } from '../../rest/note-audit.ts';
import { ID, PROJECT_PARAMS } from '../../rest/schemas/common.ts';
import { issueToken } from '../people/issue-token.ts';
import { expiryOf, NEW_TOKEN, PERSONAL_TOKEN, PROJECT_TOKEN, showProjectToken, showToken } from './people-schemas.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** As in GitLab, when nothing is said. */
const LASTS_MS = 7 * DAY_MS;

const BODY = Type.Object({ expires_at: NEW_TOKEN.expires_at });
const personal = '/api/v4/personal_access_tokens';

type RotateCall = Call<unknown, unknown, { readonly expires_at?: string | null | undefined }>;

/** A token is replaced by a new one that may do the same; the old one is nobody's from then on. */
export function rotateTokenRoutes({ store }: Parts): readonly Route[] {
  const own = {
    method: 'POST',
    action: 'token.own',
    tag: 'Tokens',
    body: BODY,
    answers: { 200: PERSONAL_TOKEN },
  } as const;
  const replace = async (call: RotateCall, find: (tx: Tx) => Promise<TokenRecord | null>) =>
    ok(
      await store.write(async (tx) => {
        const made = await rotate(tx, await find(tx), call, { ...call, project: null });
        return { ...showToken(made.record, tx.now()), token: made.token };
      }),
    );
  return [
    route({
      ...own,
      path: `${personal}/self/rotate`,
      summary: 'Replace the token of this request',
      handle: async (call) => {
        const shown = credentialOf(call);
        if (shown.kind !== 'token') throw notFound();
        return await replace(call, (tx) => findLiveToken(tx, hashToken(shown.token)));
      },
    }),
    route({
      ...own,
      path: `${personal}/:token_id/rotate`,
      summary: 'Replace a personal access token',
      params: Type.Object({ token_id: ID }),
      handle: async (call) =>
        await replace(call, async (tx) => {
          const old = await findToken(tx, 'personal', call.params.token_id);
          const { principal } = call;
          const user = principal.kind === 'user' ? principal.user : null;
          // Whether there is one is for nobody else to know.
          if (old?.userId !== user?.id && user?.isAdministrator !== true) throw notFound();
          return old;
        }),
    }),
    rotateProjectTokenRoute({ store }),
    ownTokenRoute({ store }),
  ];
}

function rotateProjectTokenRoute({ store }: Pick<Parts, 'store'>): Route {
  return route({
    method: 'POST',
    action: 'token.project',
    tag: 'Tokens',
    path: '/api/v4/projects/:id/access_tokens/:token_id/rotate',
    summary: 'Replace an access token of a project',
    params: Type.Object({ ...PROJECT_PARAMS, token_id: ID }),
    body: BODY,
    answers: { 200: PROJECT_TOKEN },
    handle: async (call) =>
      ok(
        await store.write(async (tx) => {
          const old = await findToken(tx, 'project', call.params.token_id);
          if (old?.projectId !== call.project.id) throw notFound();
          // Whoever replaces one is shown the new one, and it may do as much.
          if ((old.role ?? 0) > levelIn(call.principal, call.project)) throw forbidden();
          const made = await rotate(tx, old, call, call);
          return { ...showProjectToken(made.record, tx.now()), token: made.token };
        }),
      ),
  });
}

function ownTokenRoute({ store }: Pick<Parts, 'store'>): Route {
  return route({
    method: 'POST',
    action: 'token.own',
    tag: 'Tokens',
    path: '/api/v4/user/personal_access_tokens',
    summary: 'Make a personal access token for oneself',
    body: Type.Object(NEW_TOKEN),
    answers: { 201: PERSONAL_TOKEN },
    handle: async (call) => {
      const { principal, body } = call;
      if (principal.kind !== 'user') throw notFound();
      const { name, scopes } = body;
      const made = await store.write(async (tx) => {
        const expiresAt = expiryOf(body.expires_at, tx.now());
        const request = {
          kind: 'personal',
          userId: principal.user.id,
          projectId: null,
          name,
          scopes,
          role: null,
        } as const;
        const { id, token } = await issueToken(tx, { ...request, expiresAt });
        const deed = { action: 'token.create', targetKind: 'token', targetId: id, details: { scopes } } as const;
        await noteAudit(tx, { ...call, project: null }, deed);
        return { ...showToken(await requireToken(tx, 'personal', id), tx.now()), token };
      });
      return created(made);
    },
  });
}

async function rotate(
  tx: Tx,
  old: TokenRecord | null,
  { body }: Pick<RotateCall, 'body'>,
  doer: Doer,
): Promise<{ readonly record: TokenRecord; readonly token: string }> {
  if (old === null) throw notFound();
  const now = tx.now();
  const isOver = old.expiresAt !== null && old.expiresAt <= now;
  // Of two who replace it at the same time, one does.
  if (isOver || !(await revokeToken(tx, old.id))) throw invalid({ token: ['is revoked, or has expired'] });
  const { kind, userId, projectId, name, scopes, role } = old;
  const expiresAt = expiryOf(body.expires_at, now) ?? now - (now % DAY_MS) + LASTS_MS;
  const { id, token } = await issueToken(tx, { kind, userId, projectId, name, scopes, role, expiresAt });
  await noteAudit(tx, doer, {
    action: 'token.rotate',
    targetKind: 'token',
    targetId: id,
    details: { replaces: old.id },
  });
  return { record: await requireToken(tx, kind, id), token };
}

async function requireToken(tx: Tx, kind: TokenRecord['kind'], id: number): Promise<TokenRecord> {
  const token = await findToken(tx, kind, id);
  if (token === null) throw notFound();
  return token;
}

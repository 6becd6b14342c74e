import { type Static, type TProperties, Type } from 'typebox';
import { findProject, findUser } from '../../store/index.ts';
import { ACTIONS, type Action, judgeAccess, type Principal, type ProjectAccess } from '../access/index.ts';
import { type Call, credentialOf, type Gate, ok, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { ID, nullable, words } from '../rest/schemas/common.ts';

const ALL_ACTIONS = Object.keys(ACTIONS) as Action[];
const MAY = Type.Array(Type.Enum(ALL_ACTIONS), { description: 'what whoever asks may do there' });
const USER = shaped('PageUser', {
  id: ID,
  username: Type.String(),
  name: Type.String(),
  is_admin: Type.Boolean(),
  has_password: Type.Boolean(),
});
const PROJECT = shaped('PageProject', {
  id: ID,
  name: Type.String(),
  path_with_namespace: Type.String(),
  visibility: Type.Enum(['private', 'internal', 'public']),
  default_branch: nullable(Type.String()),
  may: MAY,
});
const SESSION = shaped('PageSession', {
  user: nullable(USER, 'null: nobody is signed in'),
  csrf_token: nullable(Type.String(), 'to be sent as `X-CSRF-Token` with what changes something; null: by no session'),
  may: MAY,
  project: nullable(PROJECT, 'null: none was named, or to whoever asks there is none'),
  version: Type.String(),
});
type Session = Static<typeof SESSION>;

/** What a view needs before it can show anything, in one call: who looks, and what they may do there. */
export function sessionRoute({ store, version }: Parts, { credentials, projects }: Gate): Route {
  return route({
    method: 'GET',
    path: '/-/page/session',
    action: 'version.read',
    tag: 'page',
    summary: 'Who is signed in, and what they may do, everywhere and in one project',
    query: Type.Object({
      project: Type.Optional({ ...words(1024), description: 'number or path' }),
    }),
    answers: { 200: SESSION },
    handle: async (call) => {
      const { principal, query } = call;
      const user = principal.kind === 'user' ? principal.user : null;
      const access = query.project === undefined ? null : await projects.find(query.project, user?.id ?? null);
      const session: Session = {
        user: user === null ? null : await showUser(store, user),
        csrf_token: await csrfTokenOf(call, credentials),
        may: allowed(principal, 'instance', null),
        project: access === null ? null : await showProject(store, principal, access),
        version,
      };
      return ok(session);
    },
  });
}

async function showUser(
  store: Parts['store'],
  { id, username, name, isAdministrator }: Extract<Principal, { kind: 'user' }>['user'],
): Promise<Session['user']> {
  const found = await store.read((db) => findUser(db, id));
  return { id, username, name, is_admin: isAdministrator, has_password: found?.passwordHash != null };
}

async function showProject(
  store: Parts['store'],
  principal: Principal,
  access: ProjectAccess,
): Promise<Session['project']> {
  if (judgeAccess(principal, 'project.read', access, true) !== 'allowed') return null;
  const found = await store.read((db) => findProject(db, access.id));
  if (found === null) return null;
  return {
    id: found.id,
    name: found.name,
    path_with_namespace: found.fullPath,
    visibility: found.visibility,
    default_branch: found.defaultBranch,
    may: allowed(principal, 'project', access),
  };
}

async function csrfTokenOf(call: Call<unknown, unknown>, credentials: Gate['credentials']): Promise<string | null> {
  const shown = credentialOf(call);
  if (shown.kind !== 'session') return null;
  return (await credentials.bySession(shown.cookie))?.csrfToken ?? null;
}

/** What a route with a credential of its own asks for is nobody's by session. */
function allowed(principal: Principal, on: 'instance' | 'project', project: ProjectAccess | null): Action[] {
  return ALL_ACTIONS.filter((action) => {
    const rule = ACTIONS[action];
    if (rule.on !== on || rule.least === 'credential') return false;
    return judgeAccess(principal, action, project, false) === 'allowed';
  });
}

function shaped<const P extends TProperties>(title: string, properties: P) {
  return Type.Object(properties, { additionalProperties: false, title });
}

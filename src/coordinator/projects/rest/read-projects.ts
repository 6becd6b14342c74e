import { type Static, Type } from 'typebox';
import {
  countProjects,
  type Db,
  findNamespace,
  findNamespaceByPath,
  findProject,
  findRole,
  listNamespacesOf,
  listProjects,
  type ProjectFilter,
  type ProjectRecord,
} from '../../../store/index.ts';
import type { Principal } from '../../access/index.ts';
import { type Call, notFound, ok, PAGING, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../../rest/listing.ts';
import { KEYSET, PROJECT_PARAMS, words } from '../../rest/schemas/common.ts';
import { loadNewest } from './load-newest.ts';
import { LISTED_PROJECT, NAMESPACE, PROJECT } from './project-schemas.ts';
import { showNamespace, showProjects } from './show-project.ts';

const QUERY = Type.Object({
  ...PAGING,
  ...KEYSET,
  membership: Type.Optional(Type.Boolean()),
  owned: Type.Optional(Type.Boolean()),
  archived: Type.Optional(Type.Boolean()),
  visibility: Type.Optional(Type.Enum(['private', 'internal', 'public'])),
  search: Type.Optional(words(255)),
  sort: Type.Optional(Type.Enum(['asc', 'desc'])),
});
const tag = 'Projects';

/** Projects and namespaces: listed, and one. */
export function readProjectRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v4/projects',
      action: 'project.list',
      tag,
      summary: 'List the projects that one may see',
      query: QUERY,
      answers: { 200: Type.Array(LISTED_PROJECT) },
      handle: async (call) => {
        const { query, principal } = call;
        return await parts.store.read(async (db) => {
          const filter = filterOf(query, principal, await findTokensProject(db, principal));
          const found = await listProjects(db, filter, storePage(query, query.sort ?? 'desc'));
          const total = await countProjects(db, filter);
          const shown = await showProjects(db, found, { base: parts.base, userId: userIdOf(principal) });
          const newest = await loadNewest(db, found, parts.base);
          return listed(call, shown, total, (project) => ({
            ...project,
            newest_pipeline: newest.get(project.id) ?? null,
          }));
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v4/projects/:id',
      action: 'project.read',
      tag,
      summary: 'One project',
      params: Type.Object(PROJECT_PARAMS),
      answers: { 200: PROJECT },
      handle: async (call) => {
        const project = await parts.store.read((db) => findProject(db, call.project.id));
        return ok(await showOne(parts, call, project));
      },
    }),
    ...namespaceRoutes(parts),
  ];
}

function namespaceRoutes({ store, base }: Parts): readonly Route[] {
  const common = { method: 'GET', action: 'user.self', tag: 'Namespaces' } as const;
  return [
    route({
      ...common,
      path: '/api/v4/namespaces',
      summary: 'List the namespaces in which one has a part',
      answers: { 200: Type.Array(NAMESPACE) },
      handle: async ({ principal }) => {
        const own = await store.read((db) => listNamespacesOf(db, userIdOf(principal) ?? 0));
        return ok(own.map((namespace) => showNamespace(namespace, base)));
      },
    }),
    route({
      ...common,
      path: '/api/v4/namespaces/:namespace_id',
      summary: 'One namespace, by number or path',
      params: Type.Object({ namespace_id: words(255) }),
      answers: { 200: NAMESPACE },
      handle: async ({ params, principal }) => {
        const name = params.namespace_id;
        const namespace = await store.read(async (db) => {
          const isNumber = /^\d{1,15}$/.test(name);
          const found = isNumber ? await findNamespace(db, Number(name)) : await findNamespaceByPath(db, name);
          const own = await listNamespacesOf(db, userIdOf(principal) ?? 0);
          const isAdministrator = principal.kind === 'user' && principal.user.isAdministrator;
          return isAdministrator || own.some(({ id }) => id === found?.id) ? found : null;
        });
        if (namespace === null) throw notFound('Namespace');
        return ok(showNamespace(namespace, base));
      },
    }),
  ];
}

/** @throws HttpError 404: it was deleted meanwhile. */
export async function showOne(
  { store, base }: Pick<Parts, 'store' | 'base'>,
  { principal }: Pick<Call, 'principal'>,
  project: ProjectRecord | null,
): Promise<Static<typeof PROJECT>> {
  const list = project === null ? [] : [project];
  const [shown] = await store.read((db) => showProjects(db, list, { base, userId: userIdOf(principal) }));
  if (shown === undefined) throw notFound('Project');
  return shown;
}

function userIdOf(principal: Principal): number | null {
  return principal.kind === 'user' ? principal.user.id : null;
}

/** The project that a project's token opens; null: it is no such token, or its maker has no part in the project any more. */
async function findTokensProject(db: Db, principal: Principal): Promise<number | null> {
  if (principal.kind !== 'user' || principal.project === null) return null;
  const { user, project } = principal;
  return user.isAdministrator || (await findRole(db, project.id, user.id)) !== null ? project.id : null;
}

function filterOf(query: Static<typeof QUERY>, principal: Principal, tokensProject: number | null): ProjectFilter {
  const isKnown = principal.kind === 'user';
  // What a project's token may see is judged by its project, never by what else its maker sees.
  const isPersonal = isKnown && principal.project === null;
  const isAdministrator = isPersonal && principal.user.isAdministrator;
  const internal = isKnown ? (['internal'] as const) : [];
  const hidden = isAdministrator ? (['private'] as const) : [];
  return {
    visibleTo: {
      visibilities: ['public', ...internal, ...hidden],
      userId: isPersonal ? principal.user.id : null,
      projectId: tokensProject,
    },
    isMember: query.membership ?? false,
    isOwned: query.owned ?? false,
    isArchived: query.archived ?? null,
    visibility: query.visibility ?? null,
    search: query.search ?? null,
  };
}

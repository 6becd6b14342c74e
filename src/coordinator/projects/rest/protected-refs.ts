import { type Static, Type } from 'typebox';
import { deleteProtectedRef, insertProtectedRef, listProtectedRefs, type ProtectedRef } from '../../../store/index.ts';
import { ACCESS_LEVELS } from '../../access/index.ts';
import {
  created,
  HttpError,
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
import { answer, PROJECT_PARAMS, words } from '../../rest/schemas/common.ts';

const NOBODY = 0;
const LEVEL = Type.Integer({
  enum: [NOBODY, ACCESS_LEVELS.developer, ACCESS_LEVELS.maintainer],
  description: '0: nobody',
});
const LEVELS = Type.Array(answer({ access_level: Type.Integer(), access_level_description: Type.String() }));
const BRANCH = answer({
  name: Type.String(),
  push_access_levels: LEVELS,
  merge_access_levels: LEVELS,
  allow_force_push: Type.Boolean(),
});
const TAG = answer({ name: Type.String(), create_access_levels: LEVELS });

/** What differs between branches and tags. */
const KINDS = {
  branch: {
    path: '/api/v4/projects/:id/protected_branches',
    schema: BRANCH,
    levels: { push_access_level: Type.Optional(LEVEL), merge_access_level: Type.Optional(LEVEL) },
  },
  tag: {
    path: '/api/v4/projects/:id/protected_tags',
    schema: TAG,
    levels: { create_access_level: Type.Optional(LEVEL) },
  },
} as const;

const params = Type.Object(PROJECT_PARAMS);

/** Which branches and tags are protected. */
export function protectedRefRoutes(parts: Parts): readonly Route[] {
  return (['branch', 'tag'] as const).flatMap((kind) => [...readRoutes(parts, kind), ...changeRoutes(parts, kind)]);
}

function readRoutes({ store }: Parts, kind: ProtectedRef['kind']): readonly Route[] {
  const { path, schema } = KINDS[kind];
  const common = { method: 'GET', action: 'protected_ref.read', tag: 'Protected refs' } as const;
  const list = async (projectId: number): Promise<readonly ProtectedRef[]> => {
    const all = await store.read((db) => listProtectedRefs(db, projectId));
    return all.filter((each) => each.kind === kind);
  };
  return [
    route({
      ...common,
      path,
      summary: `List protected ${kind === 'tag' ? 'tags' : 'branches'}`,
      params,
      query: Type.Object(PAGING),
      answers: { 200: Type.Array(schema) },
      handle: async (call) => {
        const all = await list(call.project.id);
        const page = pageOf(call.query);
        const items = all.slice(page.offset, page.offset + page.perPage).map(show);
        return paged({ items, total: all.length }, page, call.base, call.url);
      },
    }),
    route({
      ...common,
      path: `${path}/:name`,
      summary: `One protected ${kind}, or pattern`,
      params: Type.Object({ ...PROJECT_PARAMS, name: words(255) }),
      answers: { 200: schema },
      handle: async ({ project, params: { name } }) => {
        const ref = (await list(project.id)).find(({ pattern }) => pattern === name);
        if (ref === undefined) throw notFound();
        return ok(show(ref));
      },
    }),
  ];
}

function changeRoutes({ store }: Parts, kind: ProtectedRef['kind']): readonly Route[] {
  const { path, schema, levels } = KINDS[kind];
  const common = { action: 'project.settings', tag: 'Protected refs' } as const;
  return [
    route({
      ...common,
      method: 'POST',
      path,
      summary: `Protect a ${kind}, or all that fit a pattern`,
      params,
      body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' }), ...levels }),
      answers: { 201: schema },
      handle: async (call) => {
        const body: Body = call.body;
        const { maintainer } = ACCESS_LEVELS;
        const ref: ProtectedRef = {
          kind,
          pattern: body.name,
          pushRole: body.push_access_level ?? body.create_access_level ?? maintainer,
          mergeRole: body.merge_access_level ?? maintainer,
        };
        await store.write(async (tx) => {
          if (!(await insertProtectedRef(tx, call.project.id, ref))) {
            throw new HttpError(409, { message: `Protected ${kind} '${body.name}' already exists` });
          }
          const details = { kind, push_access_level: ref.pushRole };
          await noteAudit(tx, call, {
            action: 'ref.protect',
            targetKind: 'protected_ref',
            targetId: body.name,
            details,
          });
        });
        return created(show(ref));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: `${path}/:name`,
      summary: `Protect a ${kind}, or pattern, no more`,
      params: Type.Object({ ...PROJECT_PARAMS, name: words(255) }),
      answers: { 204: null },
      handle: async (call) => {
        const { name } = call.params;
        await store.write(async (tx) => {
          if (!(await deleteProtectedRef(tx, call.project.id, { kind, pattern: name }))) throw notFound();
          const details = { kind };
          await noteAudit(tx, call, { action: 'ref.unprotect', targetKind: 'protected_ref', targetId: name, details });
        });
        return noContent();
      },
    }),
  ];
}

interface Body {
  readonly name: string;
  readonly push_access_level?: number;
  readonly merge_access_level?: number;
  readonly create_access_level?: number;
}

function show(ref: ProtectedRef): Static<typeof BRANCH> | Static<typeof TAG> {
  const push = describe(ref.pushRole);
  if (ref.kind === 'tag') return { name: ref.pattern, create_access_levels: push };
  return {
    name: ref.pattern,
    push_access_levels: push,
    merge_access_levels: describe(ref.mergeRole),
    allow_force_push: false,
  };
}

function describe(level: number): Static<typeof LEVELS> {
  const { developer } = ACCESS_LEVELS;
  const words = level === NOBODY ? 'No one' : level <= developer ? 'Developers + Maintainers' : 'Maintainers';
  return [{ access_level: level, access_level_description: words }];
}

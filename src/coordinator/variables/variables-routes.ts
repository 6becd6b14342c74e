import { type TObject, Type } from 'typebox';
import { countVariables, listVariables, type VariableOwner } from '../../store/index.ts';
import type { Action } from '../access/index.ts';
import { type Call, created, noContent, ok, PAGING, paged, pageOf, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { addVariable, changeVariable, pickVariable, removeVariable } from './change-variables.ts';
import {
  CHANGED_VARIABLE,
  NEW_VARIABLE,
  OF_PROJECT,
  ONE_OF_INSTANCE,
  ONE_OF_PROJECT,
  showVariable,
  VARIABLE,
  WHICH,
} from './variable-schemas.ts';

/** Where one kind of owner has its variables. */
interface Place {
  readonly path: string;
  readonly read: Action;
  readonly manage: Action;
  readonly all: TObject;
  readonly one: TObject;
  owner(call: Pick<Call, 'project'>): VariableOwner;
}

const PLACES: readonly Place[] = [
  {
    path: '/api/v4/projects/:id/variables',
    read: 'variable.read',
    manage: 'variable.manage',
    all: OF_PROJECT,
    one: ONE_OF_PROJECT,
    owner: ({ project }) => ({ scope: 'project', projectId: project.id }),
  },
  {
    path: '/api/v4/admin/ci/variables',
    read: 'instance_variable.read',
    manage: 'instance_variable.manage',
    all: Type.Object({}),
    one: ONE_OF_INSTANCE,
    owner: () => ({ scope: 'instance' }),
  },
];

/** Variables of projects, and of the instance. */
export function variablesRoutes(parts: Parts): readonly Route[] {
  return PLACES.flatMap((place) => [...readRoutes(parts, place), ...changeRoutes(parts, place)]);
}

function readRoutes({ store }: Parts, place: Place): readonly Route[] {
  const common = { method: 'GET', action: place.read, tag: 'Variables' } as const;
  return [
    route({
      ...common,
      path: place.path,
      summary: 'List variables',
      params: place.all,
      query: Type.Object(PAGING),
      answers: { 200: Type.Array(VARIABLE) },
      handle: async (call) => {
        const owner = place.owner(call);
        const page = pageOf(call.query);
        const { total, found } = await store.read(async (db) => ({
          total: await countVariables(db, owner),
          found: await listVariables(db, owner, { limit: page.perPage, offset: page.offset }),
        }));
        return paged({ items: found.map(showVariable), total }, page, call.base, call.url);
      },
    }),
    route({
      ...common,
      path: `${place.path}/:key`,
      summary: 'One variable',
      params: place.one,
      query: WHICH,
      answers: { 200: VARIABLE },
      handle: async (call) => {
        const which = { owner: place.owner(call), key: keyOf(call), scope: call.query.filter?.environment_scope };
        return ok(showVariable(await store.read((db) => pickVariable(db, which))));
      },
    }),
  ];
}

function changeRoutes({ store }: Parts, place: Place): readonly Route[] {
  const common = { action: place.manage, tag: 'Variables' } as const;
  return [
    route({
      ...common,
      method: 'POST',
      path: place.path,
      summary: 'Make a variable',
      params: place.all,
      body: NEW_VARIABLE,
      answers: { 201: VARIABLE },
      handle: async (call) => {
        const made = await store.write((tx) => addVariable(tx, place.owner(call), call, call.body));
        return created(showVariable(made));
      },
    }),
    route({
      ...common,
      method: 'PUT',
      path: `${place.path}/:key`,
      summary: 'Change a variable',
      params: place.one,
      query: WHICH,
      body: CHANGED_VARIABLE,
      answers: { 200: VARIABLE },
      handle: async (call) => {
        const scope = call.body.filter?.environment_scope ?? call.query.filter?.environment_scope;
        const which = { owner: place.owner(call), key: keyOf(call), scope };
        return ok(showVariable(await store.write((tx) => changeVariable(tx, which, call, call.body))));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: `${place.path}/:key`,
      summary: 'Remove a variable',
      params: place.one,
      query: WHICH,
      answers: { 204: null },
      handle: async (call) => {
        const which = { owner: place.owner(call), key: keyOf(call), scope: call.query.filter?.environment_scope };
        await store.write((tx) => removeVariable(tx, which, call));
        return noContent();
      },
    }),
  ];
}

function keyOf({ params }: { readonly params: unknown }): string {
  return (params as { readonly key: string }).key;
}

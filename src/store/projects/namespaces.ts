import type { Selectable } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import { unexpired } from '../schema/unexpired.ts';
import type { Db, Tx } from '../store.ts';
import { findProjectByPath } from './find-projects.ts';
import { holdPath } from './hold-path.ts';

/** Where projects lie: a user's own, or a group's. */
export interface NamespaceRecord {
  readonly id: number;
  /** Unique, whatever the case of its letters; may hold slashes. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'user' | 'group';
  /** Who owns all that lies in it; null: its members alone say who may do what. */
  readonly ownerId: number | null;
}

const COLUMNS = ['id', 'path', 'name', 'kind', 'owner_id'] as const;

/** Null: the path is taken, by another one or by a project. */
export async function insertNamespace(tx: Tx, namespace: Omit<NamespaceRecord, 'id'>): Promise<number | null> {
  const { path, name, kind, ownerId } = namespace;
  await holdPath(tx, path);
  if ((await findProjectByPath(tx, path)) !== null) return null;
  const row = await tx.query
    .insertInto('namespaces')
    .values({ path, name, kind, owner_id: ownerId, created_at: tx.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function findNamespace(db: Db, id: number): Promise<NamespaceRecord | null> {
  const row = await db.query.selectFrom('namespaces').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : namespaceOf(row);
}

/** Case does not matter. */
export async function findNamespaceByPath(db: Db, path: string): Promise<NamespaceRecord | null> {
  const row = await db.query
    .selectFrom('namespaces')
    .select(COLUMNS)
    .where(({ fn }) => fn('lower', ['path']), '=', path.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? null : namespaceOf(row);
}

/** The namespace at a path and those above it, as far as they are there; from the top. */
export async function listNamespaceLine(db: Db, path: string): Promise<readonly NamespaceRecord[]> {
  const parts = path.toLowerCase().split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const rows = await db.query
    .selectFrom('namespaces')
    .select(COLUMNS)
    .where(({ fn }) => fn<string>('lower', ['path']), 'in', paths)
    .execute();
  return rows.map(namespaceOf).sort((a, b) => a.path.length - b.path.length);
}

/** The namespace that a project lies in and those above it, from the top. None: no such project. */
export async function listNamespacesAbove(db: Db, projectId: number): Promise<readonly NamespaceRecord[]> {
  const nearest = await db.query
    .selectFrom('projects')
    .innerJoin('namespaces', 'namespaces.id', 'projects.namespace_id')
    .select('namespaces.path')
    .where('projects.id', '=', projectId)
    .executeTakeFirst();
  return nearest === undefined ? [] : await listNamespaceLine(db, nearest.path);
}

/** Those that a user owns or is a member of, by path. At most 1,000. */
export async function listNamespacesOf(db: Db, userId: number): Promise<readonly NamespaceRecord[]> {
  const joined = db.query
    .selectFrom('members')
    .select('source_id')
    .where('source', '=', 'namespace')
    .where('user_id', '=', userId)
    .where(unexpired(db));
  const rows = await db.query
    .selectFrom('namespaces')
    .select(COLUMNS)
    .where(({ eb, or }) => or([eb('owner_id', '=', userId), eb('id', 'in', joined)]))
    .orderBy('path')
    .limit(1_000)
    .execute();
  return rows.map(namespaceOf);
}

function namespaceOf(row: Pick<Selectable<Tables['namespaces']>, (typeof COLUMNS)[number]>): NamespaceRecord {
  return {
    id: row.id,
    path: row.path,
    name: row.name,
    kind: row.kind === 'group' ? 'group' : 'user',
    ownerId: row.owner_id,
  };
}

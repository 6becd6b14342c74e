import { listNamespaceLine, listNamespacesAbove } from '../projects/namespaces.ts';
import type { Page } from '../schema/page.ts';
import { unexpired } from '../schema/unexpired.ts';
import type { Db, Tx } from '../store.ts';

export interface Membership {
  /** A project's own member, or one of its namespace's, which holds for all projects in it. */
  readonly source: 'project' | 'namespace';
  readonly sourceId: number;
  readonly userId: number;
  /** GitLab's access level. */
  readonly role: number;
  /** UTC ms; null: it does not end. */
  readonly expiresAt: number | null;
}

export interface MemberRecord extends Membership {
  readonly username: string;
  readonly name: string;
  readonly state: string;
  readonly createdAt: number;
}

/** Of the owner of the namespace that a project lies in. */
const OWNER = 50;

/** Makes a member, or changes what one may do. */
export async function putMember(tx: Tx, { source, sourceId, userId, role, expiresAt }: Membership): Promise<void> {
  await tx.query
    .insertInto('members')
    .values({ source, source_id: sourceId, user_id: userId, role, created_at: tx.now(), expires_at: expiresAt })
    .onConflict((conflict) =>
      conflict.columns(['source', 'source_id', 'user_id']).doUpdateSet({ role, expires_at: expiresAt }),
    )
    .execute();
  tx.publish({ kind: 'access', id: userId, value: 0 });
}

/** False: there was none. */
export async function removeMember(
  tx: Tx,
  { source, sourceId, userId }: Pick<Membership, 'source' | 'sourceId' | 'userId'>,
): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('members')
    .where('source', '=', source)
    .where('source_id', '=', sourceId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  tx.publish({ kind: 'access', id: userId, value: 0 });
  return numDeletedRows === 1n;
}

/**
 * The most that a user may do in a project, as GitLab's access level: as its member, as owner or member of its namespace or of one above that. Null: no member.
 */
export async function findRole(db: Db, projectId: number, userId: number): Promise<number | null> {
  const project = await db.query
    .selectFrom('projects')
    .innerJoin('namespaces', 'namespaces.id', 'projects.namespace_id')
    .select(['namespaces.id', 'namespaces.path', 'namespaces.owner_id'])
    .where('projects.id', '=', projectId)
    .executeTakeFirst();
  return project === undefined ? null : await highestRole(db, { projectId, namespace: project, userId });
}

/** What a user is to a namespace: owner or member of it or of one above it. Null: neither. */
export async function findNamespaceRole(db: Db, namespaceId: number, userId: number): Promise<number | null> {
  const namespace = await db.query
    .selectFrom('namespaces')
    .select(['id', 'path', 'owner_id'])
    .where('id', '=', namespaceId)
    .executeTakeFirst();
  return namespace === undefined ? null : await highestRole(db, { projectId: null, namespace, userId });
}

interface RoleQuestion {
  readonly projectId: number | null;
  readonly namespace: { readonly id: number; readonly path: string; readonly owner_id: number | null };
  readonly userId: number;
}

async function highestRole(db: Db, { projectId, namespace, userId }: RoleQuestion): Promise<number | null> {
  const isNested = namespace.path.includes('/');
  const line = isNested
    ? await listNamespaceLine(db, namespace.path)
    : [{ id: namespace.id, ownerId: namespace.owner_id }];
  if (line.some(({ ownerId }) => ownerId === userId)) return OWNER;
  const ids = line.map(({ id }) => id);
  const { role } = await db.query
    .selectFrom('members')
    .select(({ fn }) => fn.max('role').as('role'))
    .where('user_id', '=', userId)
    .where(({ and, eb, or }) =>
      or([
        and([eb('source', '=', 'project'), eb('source_id', '=', projectId ?? 0)]),
        and([eb('source', '=', 'namespace'), eb('source_id', 'in', ids)]),
      ]),
    )
    .where(unexpired(db))
    .executeTakeFirstOrThrow();
  return role;
}

/** Of a project alone or (`withNamespace`) of its namespace and those above it too, as often as somebody is one, those that have expired left out; by user. */
export async function listMembers(
  db: Db,
  of: { readonly projectId: number; readonly withNamespace: boolean },
  { limit, offset }: Pick<Page, 'limit' | 'offset'>,
): Promise<readonly MemberRecord[]> {
  const namespaces = of.withNamespace ? (await listNamespacesAbove(db, of.projectId)).map(({ id }) => id) : [];
  const rows = await db.query
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select([
      'source',
      'source_id',
      'user_id',
      'role',
      'expires_at',
      'username',
      'name',
      'state',
      'members.created_at as since',
    ])
    .where(({ and, eb, or }) =>
      or([
        and([eb('source', '=', 'project'), eb('source_id', '=', of.projectId)]),
        ...(namespaces.length > 0 ? [and([eb('source', '=', 'namespace'), eb('source_id', 'in', namespaces)])] : []),
      ]),
    )
    .where(unexpired(db))
    .orderBy('user_id')
    .orderBy('source')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map((row) => ({
    source: row.source === 'namespace' ? 'namespace' : 'project',
    sourceId: row.source_id,
    userId: row.user_id,
    role: row.role,
    expiresAt: row.expires_at,
    username: row.username,
    name: row.name,
    state: row.state,
    createdAt: row.since,
  }));
}

import {
  findNamespaceRole,
  findUser,
  insertNamespace,
  listNamespaceLine,
  type NamespaceRecord,
  putMember,
  type Tx,
} from '../../store/index.ts';
import { accessLevel, isReservedName } from '../access/index.ts';
import { mayMakeIn, PROJECT_PATH } from './create-project.ts';

/** Groups below each other, as in GitLab. */
const MAX_NAMESPACE_DEPTH = 20;

/**
 * The namespace at a path in which somebody may make projects. Groups that are missing are made: by an administrator anywhere, by maintainers of a group below
 * it. Null: they may not, or the path cannot be. Nobody's own namespace has others in it.
 */
export async function namespaceForPush(tx: Tx, userId: number, path: string): Promise<NamespaceRecord | null> {
  const parts = path.split('/');
  if (parts.length > MAX_NAMESPACE_DEPTH || !parts.every((part) => PROJECT_PATH.test(part))) return null;
  const isAdministrator = (await findUser(tx, userId))?.isAdministrator ?? false;
  const nearest = (await listNamespaceLine(tx, path)).at(-1) ?? null;
  const known = nearest === null ? 0 : nearest.path.split('/').length;
  if (nearest !== null && known === parts.length) {
    return isAdministrator || (await mayMakeIn(tx, nearest.id, userId)) ? nearest : null;
  }
  if (!isAdministrator && !(await maintains(tx, nearest, userId))) return null;
  if (nearest?.kind === 'user' || isReservedName(parts[0] ?? '')) return null;
  return await makeGroups(tx, userId, { above: nearest, names: parts.slice(known) });
}

async function maintains(tx: Tx, group: NamespaceRecord | null, userId: number): Promise<boolean> {
  const role = group === null ? null : await findNamespaceRole(tx, group.id, userId);
  return role !== null && role >= accessLevel('maintainer');
}

/** Whoever makes the first of them owns it. Null: one could not be made. */
async function makeGroups(
  tx: Tx,
  userId: number,
  { above, names }: { readonly above: NamespaceRecord | null; readonly names: readonly string[] },
): Promise<NamespaceRecord | null> {
  const taken: string[] = [];
  let made: NamespaceRecord | null = null;
  for (const name of names) {
    taken.push(name);
    const path: string = [...(above === null ? [] : [above.path]), ...taken].join('/');
    const group = { path, name, kind: 'group', ownerId: null } as const;
    const id: number | null = await insertNamespace(tx, group);
    // A project is in the way, or another push has just made it: the next one finds it.
    if (id === null) return null;
    if (made === null) {
      const role = accessLevel('owner');
      await putMember(tx, { source: 'namespace', sourceId: id, userId, role, expiresAt: null });
    }
    made = { ...group, id };
  }
  return made;
}

import { errorCode } from '../../base/index.ts';
import { findProjectByPath } from '../../store/index.ts';
import type { UserPrincipal } from '../access/index.ts';
import type { Parts } from '../parts.ts';
import { noteAudit } from '../rest/note-audit.ts';
import { createProject, PROJECT_PATH } from './create-project.ts';
import { namespaceForPush } from './namespace-for-push.ts';

/**
 * Makes the project that somebody pushes to, in a namespace of their own or one that they develop in. Its id; null: they may not, or the path cannot be. One
 * that is there by now is fine.
 */
export async function createProjectForPush(
  parts: Pick<Parts, 'store' | 'repositories'>,
  { principal, remoteAddress }: { readonly principal: UserPrincipal; readonly remoteAddress: string },
  fullPath: string,
): Promise<number | null> {
  const { id: userId } = principal.user;
  const at = fullPath.lastIndexOf('/');
  const [namespacePath, path] = [fullPath.slice(0, at), fullPath.slice(at + 1)];
  if (!PROJECT_PATH.test(path)) return null;
  const namespace = await parts.store.write((tx) => namespaceForPush(tx, userId, namespacePath));
  if (namespace === null) return null;
  try {
    const request = {
      namespaceId: namespace.id,
      namespacePath: namespace.path,
      path,
      name: path,
      description: '',
      visibility: 'private',
      defaultBranch: null,
      userId,
    } as const;
    return await createProject(parts, request, (tx, id) =>
      noteAudit(
        tx,
        { principal, remoteAddress, project: { id } },
        { action: 'project.create', targetKind: 'project', targetId: id, details: { by: 'push' } },
      ),
    );
  } catch (error) {
    if (errorCode(error) !== 'project_exists') throw error;
    return (await parts.store.read((db) => findProjectByPath(db, fullPath)))?.id ?? null;
  }
}

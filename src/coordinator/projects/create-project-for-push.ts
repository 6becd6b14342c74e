import { errorCode } from '../../base/index.ts';
import { findProjectByPath } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { createProject, PATH } from './create-project.ts';
import { namespaceForPush } from './namespace-for-push.ts';

/**
 * Makes the project that somebody pushes to, in a namespace of their own or one that they develop in. Its id; null: they may not, or the path cannot be. One
 * that is there by now is fine.
 */
export async function createProjectForPush(
  parts: Pick<Parts, 'store' | 'repositories'>,
  userId: number,
  fullPath: string,
): Promise<number | null> {
  const at = fullPath.lastIndexOf('/');
  const [namespacePath, path] = [fullPath.slice(0, at), fullPath.slice(at + 1)];
  if (!PATH.test(path)) return null;
  const namespace = await parts.store.write((tx) => namespaceForPush(tx, userId, namespacePath));
  if (namespace === null) return null;
  try {
    return await createProject(parts, {
      namespaceId: namespace.id,
      namespacePath: namespace.path,
      path,
      name: path,
      description: '',
      visibility: 'private',
      defaultBranch: null,
      userId,
    });
  } catch (error) {
    if (errorCode(error) !== 'project_exists') throw error;
    return (await parts.store.read((db) => findProjectByPath(db, fullPath)))?.id ?? null;
  }
}

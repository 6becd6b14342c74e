import {
  findNamespaceByPath,
  findProjectByPath,
  findUserByName,
  insertNamespace,
  putMember,
  type UserRecord,
} from '../../store/index.ts';
import { accessLevel } from '../access/index.ts';
import type { Parts } from '../parts.ts';
import { createProject } from '../projects/index.ts';
import { pushFiles } from '../repositories/index.ts';
import { ADMINISTRATOR } from '../users/index.ts';
import { DEMO_FILES } from './demo-files.ts';

const GROUP = 'demo';
const PROJECT = 'graceful';

/**
 * Makes the project `demo/graceful`, with a pipeline that starts at once.
 * @returns its address; null: the project was there already, or the administrator is not any more
 */
export async function prepareDemo(parts: Parts): Promise<string | null> {
  const { store, base } = parts;
  const user = await store.read((db) => findUserByName(db, ADMINISTRATOR));
  const isThere = (await store.read((db) => findProjectByPath(db, `${GROUP}/${PROJECT}`))) !== null;
  if (user === null || isThere) return null;
  const projectId = await createProject(parts, {
    namespaceId: await groupOf(parts, user),
    namespacePath: GROUP,
    path: PROJECT,
    name: 'Graceful',
    description: 'Cancel its pipeline, and watch it clean up',
    visibility: 'private',
    defaultBranch: 'main',
    userId: user.id,
  });
  const answer = await pushFiles(parts, {
    projectId,
    user,
    files: DEMO_FILES,
    message: 'Show what happens after Cancel',
  });
  return answer?.kind === 'created' ? `${base}/${GROUP}/${PROJECT}/-/pipelines/${answer.id}` : null;
}

async function groupOf({ store }: Parts, { id: userId }: UserRecord): Promise<number> {
  return await store.write(async (tx) => {
    const made = await insertNamespace(tx, { path: GROUP, name: 'Demo', kind: 'group', ownerId: null });
    const sourceId = made ?? (await findNamespaceByPath(tx, GROUP))?.id ?? 0;
    await putMember(tx, { source: 'namespace', sourceId, userId, role: accessLevel('owner'), expiresAt: null });
    return sourceId;
  });
}

import { errorCode, Failure } from '../../base/index.ts';
import { isRefName } from '../../git/index.ts';
import {
  type Db,
  findNamespaceRole,
  insertProject,
  insertProtectedRef,
  listNamespacesOf,
  type NamespaceRecord,
  putMember,
  type Tx,
  type Visibility,
} from '../../store/index.ts';
import { accessLevel } from '../access/index.ts';
import type { Parts } from '../parts.ts';

export interface ProjectRequest {
  readonly namespaceId: number;
  readonly namespacePath: string;
  /** Last part of the full path. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Null: what is pushed first. */
  readonly defaultBranch: string | null;
  /** Becomes its owner. */
  readonly userId: number;
}

/** As in GitLab: letters, digits, `_`, `-` and `.`; no `.git` or `.atom` at its end. */
export const PROJECT_PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(?<![.-])(?<!\.git|\.atom)$/i;
const FIRST_BRANCH = 'main';

/**
 * Makes a project, its default branch protected, and its empty repository. Its id. `note` is written in the same transaction.
 * @throws Failure `bad_project` (a path that cannot be), `project_exists`
 */
export async function createProject(
  parts: Pick<Parts, 'store' | 'repositories'>,
  request: ProjectRequest,
  note: (tx: Tx, id: number) => Promise<void> = async () => {},
): Promise<number> {
  const { namespaceId, namespacePath, path, name, description, visibility, defaultBranch, userId } = request;
  if (!PROJECT_PATH.test(path)) {
    throw new Failure(
      'bad_project',
      `${path}: a path is letters, digits, _, - and . (not at its ends, no .git or .atom)`,
    );
  }
  if (defaultBranch !== null && !isRefName(`refs/heads/${defaultBranch}`)) {
    throw new Failure('bad_name', `default_branch: ${JSON.stringify(defaultBranch)} cannot be the name of a branch`);
  }
  const id = await parts.store.write(async (tx) => {
    const made = await insertProject(tx, {
      namespaceId,
      path,
      fullPath: `${namespacePath}/${path}`,
      name,
      description,
      visibility,
      defaultBranch,
      ciConfigPath: '',
      takesSharedRunners: true,
      isArchived: false,
      settings: {},
      createdBy: userId,
    });
    if (made === null) throw new Failure('project_exists', `${namespacePath}/${path} is taken`);
    await putMember(tx, {
      source: 'project',
      sourceId: made,
      userId,
      role: accessLevel('owner'),
      expiresAt: null,
    });
    await insertProtectedRef(tx, made, {
      kind: 'branch',
      pattern: defaultBranch ?? FIRST_BRANCH,
      pushRole: accessLevel('maintainer'),
      mergeRole: accessLevel('maintainer'),
    });
    await note(tx, made);
    return made;
  });
  await makeRepository(parts, id, defaultBranch ?? FIRST_BRANCH);
  return id;
}

/** After the row: a crash in between leaves a project without one, and whoever pushes next makes it. */
async function makeRepository(
  { repositories }: Pick<Parts, 'repositories'>,
  id: number,
  defaultBranch: string,
): Promise<void> {
  try {
    await repositories.create(id, { defaultBranch });
  } catch (error) {
    if (errorCode(error) !== 'repository_exists') throw error;
  }
}

/** Who develops in a namespace may make projects in it. */
export async function mayMakeIn(db: Db, namespaceId: number, userId: number): Promise<boolean> {
  const role = await findNamespaceRole(db, namespaceId, userId);
  return role !== null && role >= accessLevel('developer');
}

/** The one that bears the user's name. */
export async function namespaceOfUser(db: Db, userId: number): Promise<NamespaceRecord | null> {
  const own = await listNamespacesOf(db, userId);
  return own.find(({ kind, ownerId }) => kind === 'user' && ownerId === userId) ?? null;
}

import { Type } from 'typebox';
import { type BareRepository, type Revision, resolveRevision } from '../../../git/index.ts';
import { levelIn } from '../../access/index.ts';
import { type Call, HttpError, notFound } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { findProjectForPush, type ProjectForPush } from '../push/project-for-push.ts';

export const ID = { id: Type.String() };
export const params = Type.Object(ID);

/** What all of these routes share. */
export const COMMON = { action: 'repository.read', tag: 'repositories', method: 'GET' } as const;

export interface OpenedProject {
  readonly repository: BareRepository;
  readonly project: ProjectForPush;
  /** Address of the project's pages. */
  readonly web: string;
  /** Access level of whoever asks. */
  readonly level: number;
  /** Of a ref that was left out, the default branch. Null: there is nothing of that name. */
  find(ref: string | undefined): Promise<(Revision & { readonly asked: string }) | null>;
}

/** The repository that a call is about. @throws HttpError 404 */
export async function openProject(parts: Parts, call: Pick<Call, 'project' | 'principal'>): Promise<OpenedProject> {
  const { id } = call.project;
  const project = await parts.store.read((db) => findProjectForPush(db, id));
  if (project === null) throw notFound('Project');
  if (!parts.repositories.has(id)) throw notFound('Repository');
  const repository = parts.repositories.at(id);
  return {
    repository,
    project,
    web: `${parts.base}/${project.fullPath}`,
    level: levelIn(call.principal, call.project),
    async find(ref) {
      const asked = ref === undefined || ref === '' ? (project.defaultBranch ?? 'HEAD') : ref;
      const found = await resolveRevision(repository, asked);
      return found === null ? null : { ...found, asked };
    },
  };
}

/** @throws HttpError 400 for a path that cannot be one. */
export function checkPath(path: string, name: string): string {
  const isOk = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\ufffd]/.test(part));
  if (!isOk || Buffer.byteLength(path) > 4096)
    throw new HttpError(400, { error: `${name} should be a valid file path` });
  return path;
}

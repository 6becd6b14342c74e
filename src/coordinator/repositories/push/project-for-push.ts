import {
  type Db,
  findProject,
  listProtectedRefs,
  type ProjectRecord,
  type ProtectedRef,
} from '../../../store/index.ts';

/** What a push has to know of its project. */
export interface ProjectForPush extends Pick<ProjectRecord, 'id' | 'fullPath' | 'defaultBranch' | 'isArchived'> {
  readonly protectedRefs: readonly ProtectedRef[];
}

/** Null: no such project, or it is deleted. */
export async function findProjectForPush(db: Db, id: number): Promise<ProjectForPush | null> {
  const project = await findProject(db, id);
  return project === null ? null : { ...project, protectedRefs: await listProtectedRefs(db, id) };
}

import { findProject, findProjectByPath, findRole } from '../../../store/index.ts';
import { type ProjectAccess, roleOf } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';

/** Ids end where numbers stop being exact. */
const NUMBER = /^\d{1,15}$/;

/** A project by number or full path, and what a user is to it. Null: there is none. */
export async function findProjectAccess(
  { store }: Pick<Parts, 'store'>,
  name: string,
  userId: number | null,
): Promise<ProjectAccess | null> {
  // No path holds one, and PostgreSQL takes none.
  if (name.includes('\0')) return null;
  return await store.read(async (db) => {
    const project = NUMBER.test(name) ? await findProject(db, Number(name)) : await findProjectByPath(db, name);
    if (project === null) return null;
    const level = userId === null ? null : await findRole(db, project.id, userId);
    return { id: project.id, visibility: project.visibility, role: level === null ? null : roleOf(level) };
  });
}

import { type Db, findRole, findUser, listProtectedRefs, type ProtectedRef } from '../../store/index.ts';
import { ACCESS_LEVELS, levelIn, type Principal, type ProjectAccess } from '../access/index.ts';
import { fitsPattern } from '../pipelines/create/protected-ref.ts';

interface Ref {
  readonly name: string;
  readonly isTag: boolean;
}

/**
 * Whether somebody may start jobs on a ref: on a protected one whoever may push to it or merge into it, for its jobs are given the protected
 * variables.
 */
export async function mayRunOn(
  db: Db,
  { principal, project }: { readonly principal: Principal; readonly project: ProjectAccess },
  ref: Ref,
): Promise<boolean> {
  return await isEnoughFor(db, levelIn(principal, project), project.id, ref);
}

/** The same of a user whom a token stands for: who is one no more, or only reads, starts nothing any longer. */
export async function mayUserRunOn(
  db: Db,
  { userId, projectId }: { readonly userId: number; readonly projectId: number },
  ref: Ref,
): Promise<boolean> {
  const user = await findUser(db, userId);
  if (user === null || user.state !== 'active') return false;
  const level = user.isAdministrator ? ACCESS_LEVELS.owner : ((await findRole(db, projectId, userId)) ?? 0);
  return level >= ACCESS_LEVELS.developer && (await isEnoughFor(db, level, projectId, ref));
}

/** @param level 0: of nobody, who may still start what is not protected, where something else let them in. */
export async function isEnoughFor(db: Db, level: number, projectId: number, { name, isTag }: Ref): Promise<boolean> {
  const kind = isTag ? 'tag' : 'branch';
  const rules = (await listProtectedRefs(db, projectId)).filter(
    (rule) => rule.kind === kind && fitsPattern(name, rule.pattern),
  );
  return rules.length === 0 || rules.some((rule) => level >= Math.min(...levelsOf(rule)));
}

/** 0 stands for "no one". */
function levelsOf({ pushRole, mergeRole }: ProtectedRef): number[] {
  return [pushRole, mergeRole].map((level) => (level === 0 ? Number.POSITIVE_INFINITY : level));
}

import { type Db, listProtectedRefViews } from '../../store/index.ts';
import { levelIn, type Principal, type ProjectAccess } from '../access/index.ts';
import { fitsPattern } from '../pipelines/create/protected-ref.ts';

/**
 * Whether somebody may start jobs on a ref: on a protected one whoever may push to it or merge into it, for its jobs are given the protected
 * variables.
 */
export async function mayRunOn(
  db: Db,
  { principal, project }: { readonly principal: Principal; readonly project: ProjectAccess },
  ref: { readonly name: string; readonly isTag: boolean },
): Promise<boolean> {
  const kind = ref.isTag ? 'tag' : 'branch';
  const rules = (await listProtectedRefViews(db, project.id)).filter(
    (rule) => rule.kind === kind && fitsPattern(ref.name, rule.pattern),
  );
  const level = levelIn(principal, project);
  return rules.length === 0 || rules.some((rule) => level >= Math.min(...levelsOf(rule)));
}

/** 0 stands for "no one". */
function levelsOf({ pushLevel, mergeLevel }: { readonly pushLevel: number; readonly mergeLevel: number }): number[] {
  return [pushLevel, mergeLevel].map((level) => (level === 0 ? Number.POSITIVE_INFINITY : level));
}

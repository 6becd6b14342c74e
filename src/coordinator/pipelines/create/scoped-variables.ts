import type { Variable } from '../../../protocol/index.ts';
import type { StoredVariable } from '../../../store/index.ts';
import { fitsPattern } from './protected-ref.ts';

/**
 * The variables of instance and project that a job gets, later ones win: protected ones on protected refs alone, scoped ones for the environments that they
 * name, the more exact scope last. `environment` null: a job without one, or no job at all.
 */
export function scopedVariables(
  variables: readonly StoredVariable[],
  { isProtected, environment }: { readonly isProtected: boolean; readonly environment: string | null },
): readonly Variable[] {
  return variables
    .filter((variable) => isProtected || !variable.isProtected)
    .filter(({ environmentScope: scope }) => scope === '*' || (environment !== null && fitsPattern(environment, scope)))
    .map((variable) => ({ variable, rank: rankOf(variable) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ variable: { key, value, kind, isMasked, isRaw } }) => ({
      key,
      value,
      public: false,
      masked: isMasked,
      file: kind === 'file',
      raw: isRaw,
    }));
}

/** Project over instance, then exact over pattern, longer over shorter, all over `*`. */
function rankOf({ scope, environmentScope }: StoredVariable): number {
  const exactness = environmentScope === '*' ? 0 : environmentScope.includes('*') ? environmentScope.length : 1_000;
  return (scope === 'project' ? 10_000 : 0) + exactness;
}

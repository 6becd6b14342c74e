import type { RefMove } from '../../../store/index.ts';
import { namedRef } from './ref-name.ts';

/** As in GitLab: who moves more refs of a kind at once, in the same way, mirrors a repository and does not want a pipeline of each. */
export const MOST_REFS = 4;

type Move = Pick<RefMove, 'ref' | 'beforeSha'>;

export interface ChosenMoves<T extends Move> {
  readonly chosen: readonly T[];
  /** Groups that were too many, for the pusher. */
  readonly words: readonly string[];
}

/** Which refs of one push get a pipeline: branches and tags, new ones and moved ones, each group unless it is too large. */
export function movesToActOn<T extends Move>(moves: readonly T[]): ChosenMoves<T> {
  const groups = new Map<string, T[]>();
  for (const move of moves) {
    const kind = namedRef(move.ref)?.kind;
    if (kind === undefined) continue;
    const group = `${move.beforeSha === null ? 'new' : 'moved'} ${kind === 'branch' ? 'branches' : 'tags'}`;
    groups.set(group, [...(groups.get(group) ?? []), move]);
  }
  const isFine = ([, group]: readonly [string, T[]]) => group.length <= MOST_REFS;
  return {
    chosen: [...groups].filter(isFine).flatMap(([, group]) => group),
    words: [...groups]
      .filter((group) => !isFine(group))
      .map(([name, group]) => `No pipelines for ${group.length} ${name}: more than ${MOST_REFS} at once make none.`),
  };
}

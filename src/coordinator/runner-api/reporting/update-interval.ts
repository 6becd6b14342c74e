import type { AttemptRecord } from '../../../store/index.ts';

/** s. How often a runner of GitLab's is to call: so soon it hears of a cancel, as long as its job prints something. */
export const UPDATE_INTERVAL = 1;

/** s between two pieces of a log. A runner of ours is told 0 while somebody watches, as soon as it can; of no other it is known what it makes of that. */
export function traceInterval({ features }: AttemptRecord, isWatched: boolean): number {
  return isWatched && features.phases ? 0 : UPDATE_INTERVAL;
}

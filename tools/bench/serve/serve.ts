import type { Comparison, Group } from '../compare.ts';
import { type Engine, startCoordinator } from './coordinator.ts';
import { lifeComparisons } from './life-comparisons.ts';

const ENGINES: readonly Engine[] = ['SQLite', 'PostgreSQL'];

/** What a job costs at the coordinator. */
export const lives: Group = {
  name: 'serve',
  about: `a job's whole life at the coordinator, against as many bare requests to the same HTTP library, each committing one row`,
  async comparisons() {
    const all: Comparison[] = [];
    for (const engine of ENGINES) all.push(...(await lifeComparisons(await startCoordinator(engine))));
    return all;
  },
};

import { AsyncLocalStorage } from 'node:async_hooks';
import { MOVES } from '../../../src/lifecycle/index.ts';

const noting = new AsyncLocalStorage<Set<string>>();

for (const row of MOVES) {
  const { id, outcome } = row;
  if (outcome.kind !== 'move') continue;
  // Only of the row that was chosen is the outcome read.
  Object.defineProperty(row, 'outcome', {
    get() {
      noting.getStore()?.add(id);
      return outcome;
    },
  });
}

/** Does something, and notes which moves of the lifecycle's table jobs make in it. */
export function watchMoves<T>(moves: Set<string>, act: () => T): T {
  return noting.run(moves, act);
}

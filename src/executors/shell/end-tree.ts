import { type Clock, Failure } from '../../base/index.ts';
import type { JobProcess } from '../executor.ts';
import { LONELY_WRAPPER_MS } from '../processes/lonely-wrappers.ts';
import type { ProcessTree } from '../processes/process-tree.ts';
import { nestedMarks } from '../steps/nested-runs.ts';

const ROUND_MS = 10;
/** Killed processes die at once unless they hang in the kernel, in a file system that does not answer, say. */
const DEADLINE_MS = LONELY_WRAPPER_MS + 10_000;

export interface TreeEnder {
  /** As `Place.signal`. */
  signal(kind: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]>;
  /** Goes around the start of a step. */
  starting<T>(start: () => Promise<T>): Promise<T>;
  /** Kills until nothing of the job is left, wrappers included. @throws Failure `processes_left` when some cannot be killed. */
  end(): Promise<void>;
}

/**
 * Knows when there is nothing to end: nobody of the job was there at the last look, no step was started since, and no nested run was spared
 * that would have to be ended now. That is how nearly every job ends, and it spares a pass over all processes of the machine.
 */
export function createTreeEnder(tree: ProcessTree, stepsDir: string, clock: Clock): TreeEnder {
  let isQuiet = false;
  let starts = 0;
  return {
    async signal(kind) {
      const startsBefore = starts;
      const found = await tree.signal(kind);
      const isAlone = found.length === 0 && tree.countWrappers() === 0 && nestedMarks(stepsDir).spared.length === 0;
      isQuiet = isAlone && starts === startsBefore;
      return found;
    },
    async starting(start) {
      const noteStart = (): void => {
        starts += 1;
        isQuiet = false;
      };
      noteStart();
      // Also once it is over: a look in between may have come too early.
      return await start().finally(noteStart);
    },
    async end() {
      if (!isQuiet) await endTree(tree, clock);
    },
  };
}

async function endTree(tree: ProcessTree, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + DEADLINE_MS;
  let left = await tree.signal('KILL');
  while (left.length + tree.countWrappers() > 0) {
    if (clock.monotonic() >= deadline)
      throw new Failure('processes_left', `${left.length} processes of the job cannot be killed`);
    await clock.sleep(ROUND_MS);
    left = await tree.signal('KILL');
  }
}

import { type Clock, Failure } from '../../base/index.ts';
import { LONELY_WRAPPER_MS } from '../processes/lonely-wrappers.ts';
import type { ProcessTree } from '../processes/process-tree.ts';

const ROUND_MS = 10;
/** Killed processes die at once unless they hang in the kernel, in a file system that does not answer, say. */
const DEADLINE_MS = LONELY_WRAPPER_MS + 10_000;

/** Kills until nothing of the job is left, wrappers included. @throws Failure `processes_left` when some cannot be killed. */
export async function endTree(tree: ProcessTree, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + DEADLINE_MS;
  let left = await tree.signal('KILL');
  while (left.length + tree.countWrappers() > 0) {
    if (clock.monotonic() >= deadline)
      throw new Failure('processes_left', `${left.length} processes of the job cannot be killed`);
    await clock.sleep(ROUND_MS);
    left = await tree.signal('KILL');
  }
}

import type { Clock } from '../../base/index.ts';
import type { JobProcess } from '../executor.ts';
import type { ProcessScan, ProcessTable } from './table/process-table.ts';

/** Between two looks at a dying tree. All who wait look at the same moments, so that one pass over the machine serves them. */
const LOOK_EVERY_MS = 20;

/** As `Place.untilDead`. */
export async function untilDead(
  look: (scan: ProcessScan) => readonly JobProcess[],
  { table, clock }: { readonly table: ProcessTable; readonly clock: Clock },
  maxMs: number,
  signal?: AbortSignal,
): Promise<readonly JobProcess[]> {
  const deadline = clock.monotonic() + maxMs;
  for (let since = clock.monotonic(); ; ) {
    const left = look(table.scanSince(since));
    since = clock.monotonic();
    if (left.length === 0 || since >= deadline || signal?.aborted) return left;
    await clock.sleep(Math.min(LOOK_EVERY_MS - (since % LOOK_EVERY_MS), deadline - since), signal);
  }
}

import type { Clock } from '../../base/index.ts';
import type { JobProcess } from '../executor.ts';
import type { InsideResult, RunInside } from './run-inside.ts';
import { parseScan, SCAN_LEFT, SCAN_SCRIPT } from './scan-script.ts';
import type { WaiterNote } from './waiter-note.ts';

export interface ScanOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** As the container was when it started last; null: it does not run, or is not there. */
  readonly known: (limit?: AbortSignal) => Promise<Pick<WaiterNote, 'waiter' | 'spared'> | null>;
  /** Where nothing can be run in the container any more (its memory is used up, say) the code is -1, and why is in `stderr`. */
  readonly run: RunInside;
  /** The last resort: nothing in it can be signalled any other way. Its files stay, and it can be started again. */
  readonly killContainer: () => Promise<void>;
}

/** What has not died of KILL for so long hangs in the kernel. */
const STUCK_MS = 10_000;

/** Looks at the processes of a job in its container, and signals them. Where nothing can be run in there any more, KILL ends the container. */
export function createScanner({
  clock,
  known,
  run,
  killContainer,
}: ScanOptions): (kind: 'TERM' | 'KILL' | 'none', limit?: AbortSignal) => Promise<readonly JobProcess[]> {
  let stuckSince: number | null = null;

  return async function scan(kind, limit) {
    const container = await known(limit);
    // A container that does not run has no processes.
    if (container === null) return [];
    const command = ['sh', '-c', SCAN_SCRIPT, 'epilogue-scan', kind, String(container.waiter), ...container.spared];
    const result = await run(command, limit);
    if (result === null) return [];
    if (result.code === 0) stuckSince = null;
    else if (result.code === SCAN_LEFT) stuckSince ??= clock.monotonic();
    const isStuck = stuckSince !== null && clock.monotonic() - stuckSince > STUCK_MS;
    if (isLooked(result) && !isStuck) return parseScan(result.stdout);
    if (kind === 'KILL') await killContainer();
    return [{ pid: 0, name: `what nobody can look at: ${result.stderr.trim() || `exit code ${result.code}`}` }];
  };
}

/** It came to its end, whatever was left. */
function isLooked({ code }: InsideResult): boolean {
  return code === 0 || code === SCAN_LEFT;
}

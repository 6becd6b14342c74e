import type { Clock } from '../../../base/index.ts';
import type { ProcessEntry } from './process-entry.ts';
import { holds, readEnvironment, scanProcesses } from './process-scan.ts';

/** One pass over all processes of the machine, for as many jobs as want to look at it. */
export interface ProcessScan {
  readonly entries: readonly ProcessEntry[];
  /** As the function of that name; each environment is read once. */
  startedWith(entry: ProcessEntry, assignment: string): boolean;
}

export interface ProcessTable {
  /** A pass that is made now. */
  scan(): ProcessScan;
  /** One that was begun at `monotonic` time `since` or later; made now if there is none. */
  scanSince(since: number): ProcessScan;
}

export function createProcessTable(clock: Clock): ProcessTable {
  let last: { readonly at: number; readonly scan: ProcessScan } | null = null;
  function scan(): ProcessScan {
    last = { at: clock.monotonic(), scan: scanNow() };
    return last.scan;
  }
  return { scan, scanSince: (since) => (last !== null && last.at >= since ? last.scan : scan()) };
}

function scanNow(): ProcessScan {
  const environments = new Map<number, Buffer>();
  return {
    entries: scanProcesses(),
    startedWith(entry, assignment) {
      let environment = environments.get(entry.pid);
      if (environment === undefined) {
        environment = Buffer.from(readEnvironment(entry) ?? []);
        environments.set(entry.pid, environment);
      }
      return holds(environment, assignment);
    },
  };
}

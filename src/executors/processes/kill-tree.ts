import type { Clock } from '../../base/index.ts';
import type { JobProcess } from '../executor.ts';
import type { StepProcess } from '../steps/step-process.ts';
import type { JobCgroup } from './cgroup.ts';
import { createLonelyKiller } from './lonely-wrappers.ts';
import { send, sendTo } from './send-signal.ts';
import type { ProcessEntry } from './table/process-entry.ts';
import type { ProcessScan } from './table/process-table.ts';

export interface Finder {
  /** The job's processes without wrappers; of a pass over the machine that is made now unless one is given. */
  find(scan?: ProcessScan): readonly ProcessEntry[];
  /** Living ones. */
  wrappers(): readonly StepProcess[];
}

/** Passes over /proc within one KILL: new processes may be forked while the first ones are being killed. */
const KILL_PASSES = 5;

/** Sends KILL to all but wrappers; see `ProcessTree.signal`. */
export function createKiller({
  find,
  wrappers,
  cgroup,
  clock,
}: Finder & { readonly cgroup: JobCgroup; readonly clock: Clock }): () => readonly JobProcess[] {
  const killLonely = createLonelyKiller(clock);

  function kill(): readonly JobProcess[] {
    const killed = new Set<number>();
    const first = find();
    let found = first;
    for (let pass = 1; found.length > 0 && pass < KILL_PASSES; pass++) {
      for (const member of found) sendTo(member, 'SIGKILL');
      for (const { pid } of found) killed.add(pid);
      found = find().filter((member) => !killed.has(member.pid));
    }
    if (found.length > 0) return [...first, ...killForkers()];
    if (first.length === 0) killLonely(wrappers());
    return first;
  }

  /** Those that fork faster than they are found. In a frozen cgroup nobody forks; a group dies in one go, wrapper included. */
  function killForkers(): readonly JobProcess[] {
    let left: readonly ProcessEntry[] = [];
    cgroup.frozen(() => {
      for (let pass = 1; pass <= KILL_PASSES; pass++) {
        left = find();
        for (const member of left) sendTo(member, 'SIGKILL');
      }
    });
    left = find();
    return left.length === 0 ? [] : killGroups(left, wrappers());
  }

  return kill;
}

export function asProcess({ pid }: StepProcess): JobProcess {
  return { pid, name: 'epilogue-step' };
}

function killGroups(members: readonly ProcessEntry[], wrappers: readonly StepProcess[]): readonly JobProcess[] {
  const groups = new Set(members.map((member) => member.group));
  const killed = wrappers.filter((step) => groups.has(step.pid));
  for (const { pid } of killed) send(-pid, 'SIGKILL');
  return killed.map(asProcess);
}

import type { Clock } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { JobProcess } from '../executor.ts';
import { nestedMarks } from '../steps/nested-runs.ts';
import { listStepProcesses, type StepProcess } from '../steps/step-process.ts';
import type { JobCgroup } from './cgroup.ts';
import { findMembers } from './find-members.ts';
import { asProcess, createKiller, type Finder } from './kill-tree.ts';
import { send, sendTo } from './send-signal.ts';
import type { ProcessEntry } from './table/process-entry.ts';
import { readProcess } from './table/process-scan.ts';
import type { ProcessScan, ProcessTable } from './table/process-table.ts';
import { untilDead } from './until-dead.ts';

/** All processes of one job on this machine, found anew for every signal. */
export interface ProcessTree {
  /** As `Place.signal`. */
  signal(signal: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]>;
  /** As `Place.untilDead`. */
  untilDead(maxMs: number, signal?: AbortSignal): Promise<readonly JobProcess[]>;
  /** How many wrappers are alive. */
  countWrappers(): number;
}

export interface TreeOptions {
  readonly stepsDir: string;
  readonly cookie: string;
  /** That nobody uses but this job. */
  readonly directories: readonly string[];
  readonly cgroup: JobCgroup;
  readonly table: ProcessTable;
  readonly clock: Clock;
}

/** From a wrapper's claim to its script's process takes about 1 ms. */
const BEGIN_MS = 250;
export function createProcessTree(options: TreeOptions): ProcessTree {
  const { clock, cgroup } = options;
  const { find, wrappers } = createFinder(options);
  const kill = createKiller({ find, wrappers, cgroup, clock });

  /** A signal to a wrapper whose script is not there yet would be lost on the script. */
  async function letStepsBegin(): Promise<void> {
    for (let waited = 0; waited < BEGIN_MS && wrappers().some(isStarting); waited += 2) await clock.sleep(2);
  }

  function look(scan?: ProcessScan): readonly JobProcess[] {
    return [...find(scan), ...wrappers().filter(isStarting).map(asProcess)];
  }

  function terminate(): readonly ProcessEntry[] {
    // Found before anybody is signalled: the parent through which a process is known may die of the signal at once.
    const members = find();
    const groups = new Set(wrappers().map((step) => step.pid));
    // A group is signalled in one go, so that no fork escapes it.
    for (const group of groups) send(-group, 'SIGTERM');
    for (const member of members) {
      if (!groups.has(member.group)) sendTo(member, 'SIGTERM');
      // A stopped process takes its TERM only once it goes on. Sent to all: one may be about to stop.
      sendTo(member, 'SIGCONT');
    }
    return members;
  }

  async function signal(kind: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]> {
    if (kind === 'none') return look();
    await letStepsBegin();
    // As with SIGCONT below: a signal to what is frozen, by the script or by a runner that was killed meanwhile, waits.
    cgroup.thaw();
    const found = kind === 'TERM' ? terminate() : kill();
    const alive = wrappers();
    for (const { pid } of alive) send(pid, 'SIGCONT');
    return [...found, ...alive.filter(isStarting).map(asProcess)];
  }

  return {
    signal,
    untilDead: (maxMs, signal) => untilDead(look, options, maxMs, signal),
    countWrappers: () => wrappers().length,
  };
}

function createFinder({ stepsDir, cookie, directories, cgroup, table }: TreeOptions): Finder {
  const assignment = `${COOKIE_VARIABLE}=${cookie}`;
  /** pid → start time of all found so far: one that empties its environment and then loses its parent is still known. */
  const seen = new Map<number, number>();

  function findOnce(scan: ProcessScan): { readonly found: readonly ProcessEntry[]; readonly isSure: boolean } {
    const steps = listStepProcesses(stepsDir, assignment);
    const wrappers = new Set(steps.filter(({ isAlive }) => isAlive).map(({ pid }) => pid));
    const ended = new Set(steps.filter(({ isAlive }) => !isAlive).map(({ pid }) => pid));
    const { spared, disowned } = nestedMarks(stepsDir);
    const inCgroup = cgroup.members(spared.length > 0 ? 'spared' : 'included');
    const members = findMembers(scan, {
      steps,
      assignments: [assignment, ...disowned],
      seen,
      spared,
      inCgroup,
      stepsDir,
      directories,
    });
    seen.clear();
    for (const { pid, startedAt } of members) seen.set(pid, startedAt);
    // A wrapper that was there in the scan and has ended since is nothing that the job left behind.
    const found = members.filter(({ pid }) => !wrappers.has(pid) && !(ended.has(pid) && readProcess(pid) === null));
    return { found, isSure: found.length > 0 || [...inCgroup].every((pid) => wrappers.has(pid)) };
  }

  return {
    find(scan = table.scan()) {
      let { found, isSure } = findOnce(scan);
      // Somebody was in the cgroup, and gone before we looked at it: so does a chain of forks look, each of which leaves at once.
      if (!isSure) cgroup.frozen(() => ({ found } = findOnce(table.scan())));
      return found;
    },
    wrappers: () => listStepProcesses(stepsDir, assignment).filter(({ isAlive }) => isAlive),
  };
}

/** Claimed, but its script's process is not there yet: it counts as one process, or the tree would look dead. */
function isStarting(step: StepProcess): boolean {
  return !step.begun && step.endedAt === null;
}

import type { StepProcess } from '../steps/step-process.ts';
import { orphanTest } from './find-orphans.ts';
import type { ProcessEntry } from './table/process-entry.ts';
import { readProcess, TICKS_PER_SECOND } from './table/process-scan.ts';
import type { ProcessScan } from './table/process-table.ts';

export interface JobMarks {
  readonly steps: readonly StepProcess[];
  /** `NAME=value`: the job's processes carry one of them in their environment. */
  readonly assignments: readonly string[];
  /** pid → start time of processes that were members before. */
  readonly seen: ReadonlyMap<number, number>;
  /** `NAME=value` of processes that, with their descendants, are somebody else's to end. */
  readonly spared: readonly string[];
  /** Who is in the job's cgroup; empty where there is none. */
  readonly inCgroup: ReadonlySet<number>;
  readonly stepsDir: string;
  /** That nobody uses but this job. */
  readonly directories: readonly string[];
}

/** How much earlier than the first known wrapper one may have started that is not written down yet. */
const LATE_WRAPPER_TICKS = 60 * TICKS_PER_SECOND;

/**
 * The job's processes, wrappers included: those in its cgroup, members of a step's session, those that carry the cookie, those that were
 * members before, orphans with traces of the job, and all that descends from any of them. This process and pid 1 are never among them.
 * Parents come before their children, so that a script that is killed with its command does not first go on to the next one.
 */
export function findMembers(scan: ProcessScan, marks: JobMarks): readonly ProcessEntry[] {
  const entries = [...scan.entries, ...bornSince(scan, marks.inCgroup)];
  const belongs = membershipTest(scan, marks);
  const isSpared = (entry: ProcessEntry) => marks.spared.some((mark) => scan.startedWith(entry, mark));
  const members = new Map<number, ProcessEntry>();
  const children = Map.groupBy(entries, (entry) => entry.parent);
  const queue = entries.filter(belongs);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (members.has(entry.pid) || entry.pid === process.pid || entry.pid === 1 || isSpared(entry)) continue;
    members.set(entry.pid, entry);
    queue.push(...(children.get(entry.pid) ?? []));
  }
  return [...members.values()].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
}

/** Those of the cgroup, which was read after the scan, that the scan did not see yet. */
function bornSince({ entries }: ProcessScan, inCgroup: ReadonlySet<number>): readonly ProcessEntry[] {
  if (inCgroup.size === 0) return [];
  const known = new Set(entries.map(({ pid }) => pid));
  return [...inCgroup].filter((pid) => !known.has(pid)).flatMap((pid) => readProcess(pid) ?? []);
}

function membershipTest(scan: ProcessScan, marks: JobMarks): (entry: ProcessEntry) => boolean {
  const { steps, assignments, seen, inCgroup } = marks;
  const sessions = new Map(steps.map((step) => [step.pid, step]));
  // Nothing of the job is older than its first wrapper; this spares the reading of most environments.
  const oldest = Math.min(...steps.map((step) => step.startedAt ?? 0)) - LATE_WRAPPER_TICKS;
  const isOrphan = steps.length === 0 ? () => false : orphanTest(scan.entries, marks.stepsDir, marks.directories);
  return (entry) => {
    if (seen.get(entry.pid) === entry.startedAt || inCgroup.has(entry.pid)) return true;
    const session = sessions.get(entry.session);
    // Without its leader a session proves nothing, as its number may have been given out again, except for a process that
    // was there before the leader ended.
    if (session?.isAlive || (session?.endedAt != null && entry.startedAt <= session.endedAt)) return true;
    if (steps.length > 0 && entry.startedAt < oldest) return false;
    if (assignments.some((assignment) => scan.startedWith(entry, assignment))) return true;
    return steps.some(startedBefore(entry)) && isOrphan(entry);
  };
}

function startedBefore({ startedAt }: ProcessEntry): (step: StepProcess) => boolean {
  return (step) => (step.startedAt ?? 0) <= startedAt;
}

import { isAlive, type StepProcess } from '../steps/step-process.ts';
import { type ProcessEntry, startedWith, TICKS_PER_SECOND } from './process-scan.ts';

export interface JobMarks {
  readonly steps: readonly StepProcess[];
  /** `NAME=value`: the job's processes carry one of them in their environment. */
  readonly assignments: readonly string[];
  /** pid → start time of processes that were members before. */
  readonly seen: ReadonlyMap<number, number>;
  /** `NAME=value` of processes that, with their descendants, are somebody else's to end. */
  readonly spared: readonly string[];
}

/** How much earlier than the first known wrapper one may have started that is not written down yet. */
const LATE_WRAPPER_TICKS = 60 * TICKS_PER_SECOND;

/**
 * The job's processes, wrappers included: members of a step's session, those that carry the cookie, those that were members
 * before, and all that descends from any of them. This process and pid 1 are never among them. Parents come before their
 * children, so that a script that is killed with its command does not first go on to the next one.
 */
export function findMembers(entries: readonly ProcessEntry[], marks: JobMarks): readonly ProcessEntry[] {
  const belongs = membershipTest(marks);
  const isSpared = ({ pid }: ProcessEntry) => marks.spared.some((assignment) => startedWith(pid, assignment));
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

function membershipTest({ steps, assignments, seen }: JobMarks): (entry: ProcessEntry) => boolean {
  const sessions = new Map(steps.map((step) => [step.pid, { endedAt: step.endedAt, led: isAlive(step) }]));
  // Nothing of the job is older than its first wrapper; this spares the reading of most environments.
  const oldest = Math.min(...steps.map((step) => step.startedAt ?? 0)) - LATE_WRAPPER_TICKS;
  return (entry) => {
    if (seen.get(entry.pid) === entry.startedAt) return true;
    const session = sessions.get(entry.session);
    // Without its leader a session proves nothing, as its number may have been given out again, except for a process that
    // was there before the leader ended.
    if (session?.led || (session?.endedAt != null && entry.startedAt <= session.endedAt)) return true;
    const mayCarry = steps.length === 0 || entry.startedAt >= oldest;
    return mayCarry && assignments.some((assignment) => startedWith(entry.pid, assignment));
  };
}

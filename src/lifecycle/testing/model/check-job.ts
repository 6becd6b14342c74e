import { isExecuting, isFinished } from '../../../protocol/index.ts';
import { MOVES } from '../../job/index.ts';
import { Coordinator } from './coordinator.ts';
import { coordinatorSteps } from './coordinator-steps.ts';
import { explore, type Violation } from './explore.ts';
import { INVARIANTS } from './invariants.ts';
import { deliverySteps, runnerSteps } from './runner-steps.ts';
import { keyOf, OURS, type Variant, type World } from './world.ts';

export interface Checked {
  readonly worlds: number;
  readonly steps: number;
  /** Ids of the rows of the table that decided somewhere. */
  readonly moves: ReadonlySet<string>;
  readonly violation: Violation<World> | null;
}

export const NORMAL: Variant = {
  interruptible: true,
  runner: OURS,
  table: MOVES,
  capacity: { toCoordinator: 2, toRunners: 1 },
  cleanupHandOuts: 1,
  crashes: true,
  extends: false,
};

export const STUCK = 'a terminal state is reachable without any help from the runner';

const MOST_WORLDS = 3_000_000;

/** Explores everything that can happen to one job, and then asks of every state of it whether the coordinator alone can end it. */
export function checkJob(variant: Variant): Checked {
  const coordinator = new Coordinator(variant);
  const found = explore({
    start: coordinator.start(),
    keyOf,
    stepsFrom: (world) => [
      ...coordinatorSteps(coordinator, world, variant),
      ...runnerSteps(world, 0, variant),
      ...runnerSteps(world, 1, variant),
      ...deliverySteps(world),
    ],
    invariants: INVARIANTS,
    mostWorlds: MOST_WORLDS,
  });
  const counts = { worlds: found.worlds.length, steps: found.steps, moves: coordinator.moves };
  if (found.violation !== null) return { ...counts, violation: found.violation };
  const stuck = stuckJob(coordinator);
  if (stuck === null) return { ...counts, violation: null };
  const at = found.worlds.findIndex((world) => world.jobKey === stuck);
  return { ...counts, violation: { invariant: STUCK, trace: found.traceTo(at) } };
}

/**
 * What the coordinator can do alone depends on the job alone, so the graph is one of jobs: an edge for each deadline that passes
 * (a runner that keeps its lease alive for ever must not be able to keep the job), or, before a runner has it, for giving it up.
 * Walks backwards from the finished ones; a job that was not met is stuck.
 */
function stuckJob(coordinator: Coordinator): number | null {
  const cameFrom = new Map<number, number[]>();
  for (let jobKey = 0; jobKey < coordinator.jobs.length; jobKey += 1) {
    const job = coordinator.jobs[jobKey];
    if (job === undefined || isFinished(job.status)) continue;
    const { jobKey: after } = isExecuting(job.status)
      ? coordinator.apply({ job, jobKey }, { type: 'tick' }, 'the deadline passes', 'deadline')
      : coordinator.apply({ job, jobKey }, { type: 'drop', reason: 'scheduler_failure' }, 'give up');
    if (after !== jobKey) cameFrom.set(after, [...(cameFrom.get(after) ?? []), jobKey]);
  }
  const met = new Set<number>();
  const open = coordinator.jobs.flatMap((job, key) => (isFinished(job.status) ? [key] : []));
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (met.has(key)) continue;
    met.add(key);
    open.push(...(cameFrom.get(key) ?? []));
  }
  const stuck = coordinator.jobs.findIndex((_, key) => !met.has(key));
  return stuck === -1 ? null : stuck;
}

/** The trace of a violation, one line a step. */
export function describeViolation({ invariant, trace }: Violation<World>): string {
  const lines = trace.map(({ label, world: { job } }, index) => {
    const phase = job.phase === null ? '' : `/${job.phase}`;
    const cleanup = job.cleanup === null ? '' : `, cleanup ${job.cleanup.outcome}`;
    const owed = job.owed ? ', owed' : '';
    return `${String(index).padStart(3)}  ${label.padEnd(60)} ${job.status}${phase} (attempt ${job.attempt}, ${job.handOut}${owed}${cleanup})`;
  });
  return [`broken: ${invariant}`, ...lines].join('\n');
}

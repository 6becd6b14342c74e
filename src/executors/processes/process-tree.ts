import type { Clock } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { JobProcess } from '../executor.ts';
import { nestedMarks } from '../steps/nested-runs.ts';
import { isAlive, listStepProcesses, type StepProcess } from '../steps/step-process.ts';
import { findMembers } from './find-members.ts';
import { createLonelyKiller } from './lonely-wrappers.ts';
import { type ProcessEntry, scanProcesses } from './process-scan.ts';
import { send, sendTo } from './send-signal.ts';
import { untilDead } from './until-dead.ts';

/**
 * All processes of one job on this machine, found anew for every signal.
 */
export interface ProcessTree {
  /** As `Place.signal`. */
  signal(signal: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]>;
  /** As `Place.untilDead`. */
  untilDead(maxMs: number, signal?: AbortSignal): Promise<readonly JobProcess[]>;
  /** How many wrappers are alive. */
  countWrappers(): number;
}

/** From a wrapper's claim to its script's process takes about 1 ms. */
const BEGIN_MS = 250;
/** Passes over /proc within one KILL: new processes may be forked while the first ones are being killed. */
const KILL_PASSES = 5;

export function createProcessTree(stepsDir: string, cookie: string, clock: Clock): ProcessTree {
  const assignment = `${COOKIE_VARIABLE}=${cookie}`;
  /** pid → start time of all found so far: one that empties its environment and then loses its parent is still known. */
  const seen = new Map<number, number>();
  const killLonely = createLonelyKiller(clock);

  const livingWrappers = (): readonly StepProcess[] => listStepProcesses(stepsDir).filter(isAlive);

  /** Without wrappers. */
  function find(): readonly ProcessEntry[] {
    const steps = listStepProcesses(stepsDir);
    const wrappers = new Set(steps.filter(isAlive).map((step) => step.pid));
    const { spared, disowned } = nestedMarks(stepsDir);
    const marks = { steps, assignments: [assignment, ...disowned], seen, spared };
    const members = findMembers(scanProcesses(), marks);
    seen.clear();
    for (const { pid, startedAt } of members) seen.set(pid, startedAt);
    return members.filter((member) => !wrappers.has(member.pid));
  }

  /** A signal to a wrapper whose script is not there yet would be lost on the script. */
  async function letStepsBegin(): Promise<void> {
    for (let waited = 0; waited < BEGIN_MS && livingWrappers().some(isStarting); waited += 2) await clock.sleep(2);
  }

  function look(): readonly JobProcess[] {
    return [...find(), ...livingWrappers().filter(isStarting).map(asProcess)];
  }

  function terminate(): readonly ProcessEntry[] {
    // Found before anybody is signalled: the parent through which a process is known may die of the signal at once.
    const members = find();
    const groups = new Set(livingWrappers().map((step) => step.pid));
    // A group is signalled in one go, so that no fork escapes it.
    for (const group of groups) send(-group, 'SIGTERM');
    for (const member of members) {
      if (!groups.has(member.group)) sendTo(member, 'SIGTERM');
      // A stopped process takes its TERM only once it goes on. Sent to all: one may be about to stop.
      sendTo(member, 'SIGCONT');
    }
    return members;
  }

  function kill(): readonly JobProcess[] {
    const killed = new Set<number>();
    let found = find();
    const first = found;
    for (let pass = 1; found.length > 0; pass++) {
      for (const member of found) sendTo(member, 'SIGKILL');
      // Those that fork faster than they are found die with their group, wrapper included: the kernel kills it in one go.
      if (pass === KILL_PASSES) return [...first, ...killGroups(found, livingWrappers())];
      for (const { pid } of found) killed.add(pid);
      found = find().filter((member) => !killed.has(member.pid));
    }
    if (first.length === 0) killLonely(livingWrappers());
    return first;
  }

  async function signal(kind: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]> {
    if (kind === 'none') return look();
    await letStepsBegin();
    const found = kind === 'TERM' ? terminate() : kill();
    const wrappers = livingWrappers();
    for (const { pid } of wrappers) send(pid, 'SIGCONT');
    return [...found, ...wrappers.filter(isStarting).map(asProcess)];
  }

  return {
    signal,
    untilDead: (maxMs, signal) => untilDead(look, clock, maxMs, signal),
    countWrappers: () => livingWrappers().length,
  };
}

/** Claimed, but its script's process is not there yet: it counts as one process, or the tree would look dead. */
function isStarting(step: StepProcess): boolean {
  return !step.begun && step.endedAt === null;
}

function asProcess({ pid }: StepProcess): JobProcess {
  return { pid, name: 'epilogue-step' };
}

function killGroups(members: readonly ProcessEntry[], wrappers: readonly StepProcess[]): readonly JobProcess[] {
  const groups = new Set(members.map((member) => member.group));
  const killed = wrappers.filter((step) => groups.has(step.pid));
  for (const { pid } of killed) send(-pid, 'SIGKILL');
  return killed.map(asProcess);
}

import { join } from 'node:path';
import { bootId } from '../../base/index.ts';
import { readProcess, startedWith, TICKS_PER_SECOND } from '../processes/table/process-scan.ts';
import { hasBegun, listDirectories, readClaim, readExit, readWrapper, type WrapperId } from './step-directory.ts';

/** A wrapper that has written itself down. Those of an earlier start of the machine are nowhere listed. */
export interface StepProcess {
  readonly pid: number;
  /** Clock ticks since boot; null on a system without /proc. */
  readonly startedAt: number | null;
  /** When it wrote `exit`, in the same ticks; null as long as it has not. */
  readonly endedAt: number | null;
  /** Its script's process was forked. */
  readonly begun: boolean;
  readonly isAlive: boolean;
}

/** `assignment`: the cookie of the job that `stepsDir` belongs to. */
export function listStepProcesses(stepsDir: string, assignment: string): readonly StepProcess[] {
  const found: StepProcess[] = [];
  for (const name of listDirectories(stepsDir)) {
    const stepDir = join(stepsDir, name);
    const wrapper = readClaim(stepDir) === 'wrapper' ? readWrapper(stepDir) : null;
    if (wrapper === null || wrapper.boot !== bootId()) continue;
    const { pid, startedAt } = wrapper;
    const isAlive = isWrapperAlive(wrapper, assignment);
    const uptime = readExit(stepDir)?.uptimeSeconds ?? null;
    const endedAt = uptime === null ? null : Math.ceil(uptime * TICKS_PER_SECOND);
    found.push({ pid, startedAt, endedAt, begun: hasBegun(stepDir), isAlive });
  }
  return found;
}

/**
 * Whether the process that has the wrapper's pid is the wrapper: started at the same moment since the same boot, with the job's cookie. A
 * file can be copied, restored or written by a script, and a pid given out again; nobody else is signalled for that.
 */
export function isWrapperAlive({ pid, startedAt, boot }: WrapperId, assignment: string): boolean {
  if (boot !== bootId()) return false;
  const process = readProcess(pid);
  if (process === null) return false;
  return (startedAt === null || process.startedAt === startedAt) && startedWith(process, assignment) !== false;
}

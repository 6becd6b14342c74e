import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bootId, readProcess, TICKS_PER_SECOND } from '../processes/process-scan.ts';
import { hasBegun, listDirectories, readClaim, readExit, readWrapper, type WrapperId } from './step-directory.ts';

/** A wrapper that has written itself down, alive or not. Those of an earlier start of the machine are nowhere listed. */
export interface StepProcess {
  readonly pid: number;
  /** Clock ticks since boot; null on a system without /proc. */
  readonly startedAt: number | null;
  /** When it wrote `exit`, in the same ticks; null as long as it has not. */
  readonly endedAt: number | null;
  /** Its script's process was forked. */
  readonly begun: boolean;
}

export function listStepProcesses(stepsDir: string): readonly StepProcess[] {
  const found: StepProcess[] = [];
  for (const name of listDirectories(stepsDir)) {
    const stepDir = join(stepsDir, name);
    const wrapper = readClaim(stepDir) === 'wrapper' ? readWrapper(stepDir) : null;
    if (wrapper === null || wrapper.boot !== bootId()) continue;
    const { pid, startedAt } = wrapper;
    found.push({ pid, startedAt, endedAt: endOf(stepDir, wrapper), begun: hasBegun(stepDir) });
  }
  return found;
}

export function isAlive({ pid, startedAt }: Pick<StepProcess, 'pid' | 'startedAt'>): boolean {
  const process = readProcess(pid);
  return process !== null && (startedAt === null || process.startedAt === startedAt);
}

/** The files' own times tell how long the step took, whatever the clock says now. */
function endOf(stepDir: string, wrapper: WrapperId): number | null {
  if (readExit(stepDir) === null) return null;
  const tookMs = statSync(join(stepDir, 'exit')).mtimeMs - statSync(join(stepDir, 'pid')).mtimeMs;
  return (wrapper.startedAt ?? 0) + Math.ceil((tookMs / 1000) * TICKS_PER_SECOND);
}

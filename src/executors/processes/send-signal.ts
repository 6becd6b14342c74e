import { errorCode } from '../../base/index.ts';
import type { ProcessEntry } from './table/process-entry.ts';
import { readProcess } from './table/process-scan.ts';

/** Only if the pid still stands for the same process. */
export function sendTo({ pid, startedAt }: ProcessEntry, signal: NodeJS.Signals): void {
  if (readProcess(pid)?.startedAt === startedAt) send(pid, signal);
}

/** `pid` below zero: the group. Gone in the meantime, or not ours to signal: the caller's next look shows it. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'EPERM') throw error;
  }
}

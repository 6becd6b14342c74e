import type { ChildProcess } from 'node:child_process';

/** How a git is started: the program, what stands before the command's own arguments, and its whole environment. */
export interface GitStart {
  readonly file: string;
  readonly args: readonly string[];
  /** Absent: this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Signals a git and all that it has started; it leads a process group (`detached`). */
export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended by itself in this moment.
  }
}

const GRACE_MS = 5000;

/** TERM, on which git removes its locks; KILL for what is still there after the grace. Call it once. */
export function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Of a git that takes a pack: at the end of its input it removes what it has drafted, which it does not on a signal. */
export function endInput(child: ChildProcess): void {
  child.stdin?.destroy();
  const timer = setTimeout(() => endGroup(child), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

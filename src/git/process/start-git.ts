import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { errorCode, quoteWord } from '../../base/index.ts';
import { gitFailure } from './git-failure.ts';

/** How a git is started: the program, what stands before the command's own arguments, and its whole environment. */
export interface GitStart {
  readonly file: string;
  readonly args: readonly string[];
  /** Absent: this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Two gits by one start. A process is copied to start another, and for one as large as ours that takes longer than a small checkout (5 ms with 50 MB, 10 with
 * 200); nothing else has its turn meanwhile. The shell outlives its git, as it may be asked to end (see `endGroup`).
 */
export function oneAfterTheOther(
  { file, args, env }: GitStart,
  first: readonly string[],
  second: readonly string[],
): GitStart {
  const line = (command: readonly string[]): string => [file, ...args, ...command].map(quoteWord).join(' ');
  const script = `trap : TERM; ${line(first)} && exec ${line(second)}`;
  return { file: 'sh', args: ['-c', script], ...(env && { env }) };
}

/** Starts git at the head of a process group of its own: a terminal's Ctrl-C is for us to handle and must not cut git off. */
export function startGit(
  { file, args, env }: GitStart,
  command: readonly string[],
  cwd: string,
  input: 'ignore' | 'pipe',
): ChildProcess {
  try {
    return spawn(file, [...args, ...command], {
      cwd,
      ...(env && { env }),
      stdio: [input, 'pipe', 'pipe'],
      detached: true,
    });
  } catch (error) {
    throw startFailure(error, cwd);
  }
}

/** Why nothing could be started; some of it is thrown at once, some comes as an event. Other errors stay as they are. */
export function startFailure(error: unknown, cwd: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn'))) return error;
  const code = errorCode(error);
  if (code === 'ENOTDIR') return gitFailure('not_a_repository', `not a directory: ${cwd}`);
  // Otherwise a directory of PATH is meant, and no other has a git.
  if (code === 'EACCES' && !mayEnter(cwd))
    return gitFailure('not_a_repository', `no permission to enter the directory: ${cwd}`);
  if (code !== 'ENOENT' && code !== 'EACCES') {
    const why = code === 'EMFILE' ? 'too many open files; raise the limit (ulimit -n)' : code;
    return gitFailure('git_failed', `git could not be started in ${cwd} (${why})`, error);
  }
  if (existsSync(cwd)) return gitFailure('git_missing', 'git is not installed, or not in PATH', error);
  return gitFailure('not_a_repository', `no such directory: ${cwd}`);
}

function mayEnter(directory: string): boolean {
  try {
    accessSync(directory, constants.X_OK);
    return true;
  } catch {
    return false;
  }
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

import { spawn } from 'node:child_process';
import { closeSync, constants } from 'node:fs';
import { type Clock, describeError, errorCode, openRegularFile } from '../../base/index.ts';

/**
 * Holds the read end of a pipe, nothing else. A process that ends with nothing left to do says `done`; one that dies says nothing, the kernel closes the pipe,
 * and the guard starts what finishes the rest, again, after a pause, if that is killed. It has a session of its own, so that what hits the process's group
 * (Ctrl-C) misses it, and lives through what is meant to end politely: a machine that shuts down, a job of another run around it.
 */
const GUARD = `
trap '' TERM INT HUP
read -r word
[ "$word" = done ] && exit
for pause in 0 1 10 60; do
  "$@"
  code=$?
  [ "$code" -gt 128 ] || exit "$code"
  sleep "$pause"
done
exit "$code"
`;

export interface Guard {
  /** Says that nothing is left to do; resolves when the guard has left. One that was stopped keeps nobody. */
  dismiss(): Promise<void>;
}

export interface GuardOptions {
  /** The command line that finishes what this process leaves. */
  readonly command: readonly string[];
  /** Takes what that says, where there is room for it, and nothing else lies there. */
  readonly logFile: string;
  readonly clock: Clock;
  /** Told when the guard could not be started, or what it says is lost: the process goes on, and whoever comes later would finish what it leaves. */
  readonly onTrouble: (message: string) => void;
}

/** A guard that hears the word leaves within a millisecond. */
const LEAVE_MS = 1_000;

export function startGuard({ command, logFile, clock, onTrouble }: GuardOptions): Guard {
  const output = openOutput(logFile, onTrouble);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'epilogue-guard', ...command], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', output, output],
  });
  if (output !== 'ignore') closeSync(output);
  const left = new AbortController();
  const leave = () => left.abort();
  guard.on('error', (error) => {
    onTrouble(`no guard watches this process: ${error.message}`);
    leave();
  });
  guard.on('exit', leave);
  guard.stdin?.on('error', leave); // The guard was killed; nobody is there to hear the word.
  guard.unref();
  return {
    async dismiss() {
      guard.ref();
      guard.stdin?.end('done\n');
      // To one that somebody stopped (SIGSTOP).
      guard.kill('SIGCONT');
      if (!left.signal.aborted) await clock.sleep(LEAVE_MS, left.signal);
      // Nothing is owed any more, so that nothing is lost with it.
      if (!left.signal.aborted) guard.kill('SIGKILL');
      guard.unref();
    },
  };
}

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;

/** A full disk, or a pipe that a script has put there, keeps nobody from finishing what is owed. */
function openOutput(path: string, onTrouble: GuardOptions['onTrouble']): number | 'ignore' {
  try {
    return openRegularFile(path, APPEND, 0o600);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    onTrouble(`what the guard says goes nowhere: ${describeError(error)}`);
    return 'ignore';
  }
}

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/index.ts';
import type { RunDirectory } from '../runs/run-directory.ts';

/**
 * Holds the read end of a pipe, nothing else. A run that ends says `done`; one that dies says nothing, the kernel closes the pipe,
 * and the guard starts `epilogue recover`, again, after a pause, if that is killed. It has a session of its own, so that what hits the run's group
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
  /** Says that the run ended by itself; resolves when the guard has left. One that was stopped keeps nobody. */
  dismiss(): Promise<void>;
}

/** A guard that hears the word leaves within a millisecond. */
const LEAVE_MS = 1_000;

/**
 * @param recover the command line that recovers this run.
 * @param onTrouble told when the guard could not be started: the run goes on, and a later `recover` or `run` would finish it.
 */
export function startGuard(
  run: RunDirectory,
  recover: readonly string[],
  clock: Clock,
  onTrouble: (message: string) => void,
): Guard {
  const output = openSync(join(run.path, 'guard.log'), 'a', 0o600);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'epilogue-guard', ...recover], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  const left = new AbortController();
  const leave = () => left.abort();
  guard.on('error', (error) => {
    onTrouble(`no guard watches this run: ${error.message}`);
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

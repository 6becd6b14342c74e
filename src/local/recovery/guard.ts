import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { RunDirectory } from '../run-directory.ts';

/**
 * Holds the read end of a pipe, nothing else. A run that ends says `done`; one that dies says nothing, the kernel closes the pipe,
 * and the guard becomes `epilogue recover`. It has a session of its own, so that what hits the run's group (Ctrl-C) misses it.
 */
const GUARD = 'read -r word; [ "$word" = done ] || exec "$@"';

export interface Guard {
  /** Says that the run ended by itself; the guard leaves. */
  dismiss(): Promise<void>;
}

/**
 * @param recover the command line that recovers this run.
 * @param onTrouble told when the guard could not be started: the run goes on, and a later `recover` or `run` would finish it.
 */
export function startGuard(run: RunDirectory, recover: readonly string[], onTrouble: (message: string) => void): Guard {
  const output = openSync(join(run.path, 'guard.log'), 'a', 0o600);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'epilogue-guard', ...recover], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  const left = Promise.withResolvers<void>();
  guard.on('error', (error) => {
    onTrouble(`no guard watches this run: ${error.message}`);
    left.resolve();
  });
  guard.on('exit', () => left.resolve());
  guard.stdin?.on('error', () => left.resolve()); // The guard was killed; nobody is there to hear the word.
  guard.unref();
  return {
    dismiss() {
      guard.ref();
      guard.stdin?.end('done\n');
      return left.promise;
    },
  };
}

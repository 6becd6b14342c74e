import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** As somebody else, and where; by default as we are and where we are. */
  readonly as?: { readonly uid: number; readonly gid: number; readonly cwd: string };
  readonly timeoutMs: number;
  /** The whole output, for a closer look and for tests that flood it. */
  readonly logFile: string;
}

export interface CommandResult {
  readonly succeeded: boolean;
  /** Why it did not: `exit 1`, `SIGKILL`, `no end after 60 s`. */
  readonly ending: string;
  readonly durationMs: number;
}

const graceMs = 5000;

/** Runs a command in a process group of its own, so that its end, a deadline or an interrupt takes its descendants along. */
export async function runCommand(command: Command, signal: AbortSignal): Promise<CommandResult> {
  const { argv, env, as = {}, timeoutMs, logFile } = command;
  const startedAt = performance.now();
  const log = createWriteStream(logFile);
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    ...as,
    env: { ...process.env, ...caches(dirname(logFile)), ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
  }
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, deadline]);
  const onStop = (): void => {
    killGroup(child.pid, 'SIGTERM');
    setTimeout(() => killGroup(child.pid, 'SIGKILL'), graceMs).unref();
  };
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  const ending = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, killedBy) => resolve(killedBy ?? `exit ${code}`));
  });
  stop.removeEventListener('abort', onStop);
  // What the group leaves behind would keep the pipes open and the machine busy.
  killGroup(child.pid, 'SIGKILL');
  await Promise.all([child.stdout, child.stderr].map((stream) => finished(stream).catch(() => undefined)));
  log.end();
  await finished(log);
  return {
    succeeded: ending === 'exit 0',
    ending: deadline.aborted ? `no end after ${timeoutMs / 1000} s` : ending,
    durationMs: performance.now() - startedAt,
  };
}

/** Vitest and Biome keep things in the user's home, where a test run has no business. Node keeps what it compiles: hundreds of processes start in a run. */
function caches(dir: string): Record<string, string> {
  return {
    XDG_DATA_HOME: join(dir, 'data'),
    XDG_CACHE_HOME: join(dir, 'cache'),
    NODE_COMPILE_CACHE: join(dir, 'compiled'),
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { errorCode } from '../base/index.ts';
import { holderOfJournals } from '../runner/index.ts';
import type { Host } from './host.ts';

export interface LocalRunnerProcess {
  /**
   * Asks it to tear its jobs down, and waits for it, at most 15 minutes: grace, cleanup and saving of a job have their own, shorter, limits. One that
   * has not ended by then is named on standard error, and left.
   */
  stop(): Promise<void>;
}

interface LocalRunnerOptions {
  readonly directory: string;
  readonly tokenFile: string;
  readonly urlFile: string;
  /** What runs its jobs, and of which image those are that name none; left out: as the runner has it. */
  readonly executor?: string | undefined;
  readonly dockerImage?: string | undefined;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STOP_MS = 15 * 60_000;
const LOOK_EVERY_MS = 500;

/**
 * Keeps a runner going as a process of its own, so that a server that dies hurts no job. It leads a session: a Ctrl-C at the server is the server's to
 * hand on. One that ends by itself is started again, after a pause that grows. One that outlived an earlier server goes on, now for this one, as long as it likes.
 */
export function startLocalRunner(
  { program, clock, stderr, env }: Pick<Host, 'program' | 'clock' | 'stderr' | 'env'>,
  options: LocalRunnerOptions,
): LocalRunnerProcess {
  const { directory } = options;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const [file = '', ...args] = program;
  const words = [...args, ...runnerWords(options)];
  let child: ChildProcess | null = null;

  async function keep(): Promise<void> {
    await outliveEarlier();
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const ended = Promise.withResolvers<string>();
      child = spawn(file, words, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: withoutSecrets(env) });
      child.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk));
      child.on('error', (error) => ended.resolve(error.message));
      child.on('exit', (code, signal) => ended.resolve(`it ended with ${signal ?? code}`));
      const why = await ended.promise;
      if (stopping.signal.aborted) return;
      stderr.write(`epilogue: the local runner is started again: ${why}\n`);
      await clock.sleep(pauseMs, stopping.signal);
    }
  }

  /** Until the one of an earlier server has ended; one that we are told to stop meanwhile, too. */
  async function outliveEarlier(): Promise<void> {
    const pid = holderOfJournals(directory);
    if (pid === null) return;
    stderr.write(`epilogue: the runner of an earlier server goes on (process ${pid})\n`);
    let isTold = false;
    while (holderOfJournals(directory) === pid && !givingUp.signal.aborted) {
      if (stopping.signal.aborted && !isTold) {
        isTold = true;
        terminate(pid);
      }
      await clock.sleep(LOOK_EVERY_MS, isTold ? givingUp.signal : stopping.signal);
    }
  }

  const kept = keep();
  return {
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const over = new AbortController();
      const hasEnded = await Promise.race([kept.then(() => true), clock.sleep(STOP_MS, over.signal).then(() => false)]);
      over.abort();
      givingUp.abort();
      if (hasEnded) return;
      const pid = child?.pid ?? holderOfJournals(directory);
      stderr.write(`epilogue: the local runner (process ${pid}) has not ended in time; it goes on by itself\n`);
    },
  };
}

/** It is started again by us: it needs no guard. */
function runnerWords({ directory, tokenFile, urlFile, executor, dockerImage }: LocalRunnerOptions): readonly string[] {
  const how = [
    ...(executor === undefined ? [] : ['--executor', executor]),
    ...(dockerImage === undefined ? [] : ['--docker-image', dockerImage]),
  ];
  const where = ['--url-file', urlFile, '--token-file', tokenFile, '--directory', directory];
  return ['runner', 'run', ...where, '--no-guard', ...how];
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** The server's own keys and passwords are nothing for a process beside which jobs run; nor is the service that the server is. */
function withoutSecrets(env: Host['env']): Host['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:AWS_|EPILOGUE_|PG|NOTIFY_SOCKET$|WATCHDOG_)/.test(name)),
  );
}

import { type ChildProcess, spawn } from 'node:child_process';
import { errorCode, Failure, GIT_LOCAL_VARIABLES } from '../../base/index.ts';

export interface GitCall {
  /** Where git runs; exists. */
  readonly cwd: string;
  readonly args: readonly string[];
  /** Ends the call with a Failure `canceled`. */
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

/** More than the names of a million files. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Ours are the checkout's answers, whatever repository a hook that started us is about. Configuration by variable stays: it may be what
 * lets git work here at all (`safe.directory`).
 */
const UNSET = [
  ...GIT_LOCAL_VARIABLES.filter((name) => !name.startsWith('GIT_CONFIG')),
  ...['GIT_NAMESPACE', 'GIT_EXTERNAL_DIFF', 'GIT_LITERAL_PATHSPECS'],
];

/**
 * `env` sets the stage: the environment is not ours to read. `fsmonitor` would start a daemon that outlives us, signatures would
 * stand in the log that we parse.
 */
const START = [
  ...UNSET.flatMap((name) => ['-u', name]),
  ...['LC_ALL=C', 'GIT_OPTIONAL_LOCKS=0', 'GIT_TERMINAL_PROMPT=0', 'git'],
  ...['-c', 'core.fsmonitor=false', '-c', 'log.showSignature=false'],
];

/**
 * Runs git to its end and resolves to what it printed.
 * @throws Failure `git_missing`, `not_a_repository`, `git_failed` (with git's own words), `git_timeout`, `canceled`.
 */
export async function runGit(call: GitCall): Promise<Buffer> {
  const { code, stdout, stderr } = await execute(call);
  if (code === 0) return stdout;
  const words = stderr.trim();
  if (/^fatal: not a git repository/m.test(words)) {
    throw new Failure(
      'not_a_repository',
      `not a git repository: ${call.cwd}; run \`git init\` there, or name another directory`,
    );
  }
  throw new Failure('git_failed', `git ${call.args[0]} in ${call.cwd}: ${words === '' ? `exit code ${code}` : words}`);
}

/** As `runGit`, for questions: null when git says no (any exit code but 0). */
export async function askGit(call: GitCall): Promise<Buffer | null> {
  const { code, stdout } = await execute(call);
  return code === 0 ? stdout : null;
}

interface Ending {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function execute(call: GitCall): Promise<Ending> {
  const stop = new AbortController();
  const child = spawn('env', [...START, ...call.args], {
    cwd: call.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: a terminal's Ctrl-C is for us to handle and must not cut git off.
    detached: true,
  });
  const what = `git ${call.args[0]} in ${call.cwd}`;
  const end = (reason: Failure) => {
    stop.abort(reason);
    killGroup(child);
  };
  const cancel = () => end(new Failure('canceled', `${what} was canceled`));
  const timeoutMs = call.timeoutMs ?? 60_000;
  const timer = setTimeout(
    () => end(new Failure('git_timeout', `${what} took longer than ${timeoutMs} ms`)),
    timeoutMs,
  );
  if (call.signal?.aborted) cancel();
  call.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const ending = await collect(child, () => end(new Failure('git_failed', `${what} printed too much`)));
    stop.signal.throwIfAborted();
    // What `env` answers when there is no such program.
    if (ending.code === 127) throw new Failure('git_missing', 'git is not installed, or not in PATH');
    return ending;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Failure('not_a_repository', `no such directory: ${call.cwd}`, { cause: error });
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', cancel);
  }
}

function collect(child: ChildProcess, onOverflow: () => void): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;
  const gather = (chunks: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT_BYTES) onOverflow();
    else chunks.push(chunk);
  };
  child.stdout?.on('data', gather(stdout));
  child.stderr?.on('data', gather(stderr));
  child.on('error', reject);
  child.on('close', (code) =>
    resolve({ code: code ?? 128, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
  );
  return promise;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself in this moment.
  }
}

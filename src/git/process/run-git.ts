import type { ChildProcess } from 'node:child_process';
import { type Failure, GIT_LOCAL_VARIABLES } from '../../base/index.ts';
import { gitFailure } from './git-failure.ts';
import { letGoAfterExit } from './let-go-after-exit.ts';
import { endGroup, type GitStart, oneAfterTheOther, signalGroup, startFailure, startGit } from './start-git.ts';

export interface GitCall {
  /** Where git runs; exists. */
  readonly cwd: string;
  readonly args: readonly string[];
  /** Another git, once that one has ended well; both are started as one. Their answers are one, too. */
  readonly next?: readonly string[];
  /** Ends the call with a Failure `canceled`. */
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** What git reads; absent: nothing. */
  readonly input?: string;
  /** More ends the call; default 256 MiB, more than the names of a million files. */
  readonly maxOutputBytes?: number;
  /** Default: for the user's checkout, in this process's environment. */
  readonly start?: GitStart;
  /** Exit codes that are an answer; default 0 alone. */
  readonly okCodes?: readonly number[];
  /** It changes the repository: it is asked to end before it is killed, so that it leaves no lock. */
  readonly writes?: boolean;
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Ours are the checkout's answers, whatever repository a hook that started us is about. Configuration by variable stays: it may be what
 * lets git work here at all (`safe.directory`).
 */
const UNSET = [
  ...GIT_LOCAL_VARIABLES.filter((name) => !name.startsWith('GIT_CONFIG')),
  ...['GIT_NAMESPACE', 'GIT_EXTERNAL_DIFF', 'GIT_LITERAL_PATHSPECS'],
];

const SET = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };

/**
 * `fsmonitor` would start a daemon that outlives us, signatures would stand in the log that we parse. The user's own hooks (`core.hooksPath`)
 * are for what they do themselves.
 */
const OPTIONS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'log.showSignature=false'];

/** `env` sets the stage where nobody has told us what this process's environment is: it is not ours to read. */
let start: GitStart = {
  file: 'env',
  args: [
    ...UNSET.flatMap((name) => ['-u', name]),
    ...Object.entries(SET).map(([name, value]) => `${name}=${value}`),
    ...['git', ...OPTIONS],
  ],
};

/**
 * Tells what this process's environment is, for every git that is started from now on for the user's checkout. Spares each of them the start
 * of a program in between, a millisecond or two; nothing else depends on it.
 */
export function startGitWith(environment: Readonly<Record<string, string | undefined>>): void {
  const kept = Object.entries(environment).filter(([name]) => !UNSET.includes(name));
  const given = kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  start = { file: 'git', args: OPTIONS, env: { ...Object.fromEntries(given), ...SET } };
}

/**
 * Runs git to its end and resolves to what it printed.
 * @throws Failure `git_missing`, `not_a_repository`, `git_failed` (with git's own words), `git_timeout`, `output_too_large`, `disk_full`, `canceled`.
 */
export async function runGit(call: GitCall): Promise<Buffer> {
  const { code, stdout, stderr } = await execute(call);
  if ((call.okCodes ?? [0]).includes(code)) return stdout;
  const words = stderr.trim();
  if (/^fatal: not a git repository/m.test(words)) {
    throw gitFailure(
      'not_a_repository',
      `not a git repository: ${call.cwd}; run \`git init\` there, or name another directory`,
    );
  }
  const reason = /No space left on device|Disk quota exceeded/.test(words) ? 'disk_full' : 'git_failed';
  throw gitFailure(reason, `git ${call.args[0]} in ${call.cwd}: ${words === '' ? `exit code ${code}` : words}`);
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
  const [how, command] = commandOf(call);
  const child = startGit(how, command, call.cwd, call.input === undefined ? 'ignore' : 'pipe');
  const what = `git ${call.args[0]} in ${call.cwd}`;
  const end = (reason: Failure) => {
    if (stop.signal.aborted) return;
    stop.abort(reason);
    if (call.writes) endGroup(child);
    else signalGroup(child, 'SIGKILL');
  };
  const cancel = () => end(gitFailure('canceled', `${what} was canceled`));
  const timeoutMs = call.timeoutMs ?? 60_000;
  const timer = setTimeout(() => end(gitFailure('git_timeout', `${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  if (call.signal?.aborted) cancel();
  call.signal?.addEventListener('abort', cancel, { once: true });
  try {
    feed(child, call.input);
    letGoAfterExit(child);
    const maxBytes = call.maxOutputBytes ?? MAX_OUTPUT_BYTES;
    const ending = await collect(child, maxBytes, () => {
      end(gitFailure('output_too_large', `${what} printed more than ${maxBytes} bytes`));
    });
    stop.signal.throwIfAborted();
    // What `env` answers when there is no such program.
    if (ending.code === 127) throw gitFailure('git_missing', 'git is not installed, or not in PATH');
    return ending;
  } catch (error) {
    throw startFailure(error, call.cwd);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', cancel);
  }
}

function commandOf({ start: how = start, args, next }: GitCall): readonly [GitStart, readonly string[]] {
  return next === undefined ? [how, args] : [oneAfterTheOther(how, args, next), []];
}

function feed(child: ChildProcess, input: string | undefined): void {
  // A git that ends without having read it all says why by itself.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
}

function collect(child: ChildProcess, maxBytes: number, onOverflow: () => void): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;
  const gather = (chunks: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) onOverflow();
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

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installTimeoutMs = 5 * 60_000;

/** A real back end that end-to-end tests talk to. One file a component; `tools/components/index.ts` lists them. */
export interface Component {
  readonly name: string;
  /** The Debian packages that bring it. */
  readonly debianPackages: readonly string[];
  /** What Debian does not have; its packages are there by then. */
  install?(signal: AbortSignal): Promise<void>;
  /** What is not there, as a reason to print, or null when it can be started. */
  missing(): string | null;
  /** Starts it for one test run. `dir` is outside the checkout and this run's own; `stop` leaves neither it nor a process behind. */
  start(dir: string, signal: AbortSignal): Promise<RunningComponent>;
}

export interface RunningComponent {
  /** Says to the tests where it is; a test without its variable skips itself. */
  readonly env: Readonly<Record<string, string>>;
  /** A directory with all that `env` names: a copy of it elsewhere serves as well. Null: all of it is everybody's, where it is. Without, what is started is for who started it. */
  readonly copyable?: string | null;
  /** What tests have left in it and should have removed, by name; asked for when all have ended. */
  left?(): Promise<readonly string[]>;
  /** May be called twice, and also when `start` was interrupted half-way. */
  stop(): Promise<void>;
}

/** Only root may, and only once in a run: the package lists are fetched first. */
export async function installFromDebian(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, signal, timeout: installTimeoutMs, maxBuffer: 16 * 1024 * 1024 };
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobFinished, RunEvent } from '../../src/local/index.ts';
import { fromGate } from './from-gate.ts';
import { killMarked, MARK, markedProcesses } from './processes.ts';
import { cgroupsOf, removeCgroups } from './remove-cgroups.ts';
import { waitUntil } from './wait-until.ts';

export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'epilogue');

/** One event of `--json`: as in the program, but log bytes are text. */
export type Line =
  | Exclude<RunEvent, { type: 'job_log_grew' }>
  | { type: 'job_log'; name: string; job: number; offset: number; text: string };

/** A git checkout in a temporary directory of its own, and the state and cache directories of a program that runs in it. */
export class Checkout {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-e2e-')));
  readonly dir = join(this.root, 'project');
  /** Outside of every job: where tests look for what jobs did. */
  readonly outside = join(this.root, 'outside');
  /** Holds state and cache: what a test mounts a small disk over. */
  readonly disk = join(this.root, 'disk');
  readonly state = join(this.disk, 'state');
  readonly cache = join(this.disk, 'cache');
  readonly temporary = join(this.root, 'tmp');
  readonly mark = randomBytes(8).toString('hex');
  #isMounted = false;

  constructor(files: Readonly<Record<string, string>>) {
    for (const dir of [this.dir, this.outside, this.temporary]) mkdirSync(dir);
    this.write(files);
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=First');
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.dir, path)), { recursive: true });
      writeFileSync(join(this.dir, path), text);
    }
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-C', this.dir, ...args], { encoding: 'utf8', env: this.environment() });
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.root,
      LANG: 'C.UTF-8',
      TMPDIR: this.temporary,
      XDG_STATE_HOME: this.state,
      XDG_CACHE_HOME: this.cache,
      XDG_CONFIG_HOME: join(this.root, 'config'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.org',
      OUTSIDE: this.outside,
      [MARK]: this.mark,
      ...fromGate(),
      ...more,
    };
  }

  /**
   * Starts the program in the checkout, as the leader of a process group of its own. `ignore`: its output goes nowhere. `stalled`: into
   * a pipe that nobody reads before `Running.read`.
   */
  start(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    output: 'pipe' | 'ignore' | 'stalled' = 'pipe',
  ): Running {
    const stdio = output === 'ignore' ? 'ignore' : 'pipe';
    const child = spawn(PROGRAM, args, {
      cwd: this.dir,
      env: this.environment(more),
      detached: true,
      stdio: ['ignore', stdio, stdio],
    });
    return new Running(child, output !== 'stalled');
  }

  /** Runs the program to its end. */
  async run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return await this.start(args, more).ended();
  }

  path(name: string): string {
    return join(this.outside, name);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  list(): string[] {
    return readdirSync(this.outside).sort();
  }

  /** The log file of the only job of the only run. */
  logFile(): string {
    const [run = ''] = readdirSync(join(this.state, 'epilogue', 'runs'));
    const jobs = join(this.state, 'epilogue', 'runs', run, 'jobs');
    const [job = ''] = readdirSync(jobs);
    return join(jobs, job, 'log');
  }

  /** Every process that anything here started, guards included, has ended. */
  async untilQuiet(deadlineMs = 10_000): Promise<void> {
    await waitUntil('no process is left', () => markedProcesses(this.mark).length === 0, deadlineMs).catch(
      (error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(markedProcesses(this.mark))}`);
      },
    );
  }

  /** A small disk of its own for state and cache; only root can have one. It goes with the checkout. */
  mountDisk(size: string): void {
    mkdirSync(this.disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.disk]);
    this.#isMounted = true;
  }

  /** Ends what a failed test left, then removes everything. */
  dispose(): void {
    killMarked(this.mark);
    removeCgroups(cgroupsOf(this.state));
    // Lazily: what was killed just now may not have let go yet.
    if (this.#isMounted) execFileSync('umount', ['--lazy', this.disk]);
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly Line[];
}

type Exit = Pick<Ended, 'code' | 'signal'>;

/** The program while it runs. */
export class Running {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess, isRead: boolean) {
    this.pid = child.pid ?? -1;
    this.#child = child;
    const ended = Promise.withResolvers<Exit>();
    // An unread pipe never closes.
    child.on(isRead ? 'close' : 'exit', (code, signal) => ended.resolve({ code, signal }));
    this.#exit = ended.promise;
    if (isRead) this.read();
  }

  /** From now on somebody reads what the program says. */
  read(): void {
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Events of `--json` so far. */
  get events(): readonly Line[] {
    const whole = this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
  }

  /** To the process alone. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** To the whole group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  async ended(deadlineMs = 60_000): Promise<Ended> {
    const late = AbortSignal.timeout(deadlineMs);
    const { promise, reject } = Promise.withResolvers<never>();
    late.addEventListener('abort', () =>
      reject(new Error(`still running after ${deadlineMs} ms\n${this.#stdout}\n${this.#stderr}`)),
    );
    const { code, signal } = await Promise.race([this.#exit, promise]);
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr, events: this.events };
  }
}

/** How a job ended, by name. */
export function finished(ended: { readonly events: readonly Line[] }, name: string): JobFinished {
  const event = ended.events.findLast((line) => line.type === 'job_finished' && line.name === name);
  if (event?.type !== 'job_finished') throw new Error(`no job_finished for ${name}`);
  return event;
}

/** The log of a job as it was shown. */
export function shownLog(ended: { readonly events: readonly Line[] }, name: string): string {
  return ended.events.map((line) => (line.type === 'job_log' && line.name === name ? line.text : '')).join('');
}

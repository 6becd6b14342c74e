import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from '../../support/checkout.ts';
import { createTestDatabase, type Engine, type TestDatabase } from '../../support/engines.ts';
import { fromGate } from '../../support/from-gate.ts';
import { killMarked, MARK } from '../../support/processes.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { type Answered, type Asking, ask } from './ask.ts';

/** Lines of the log that say what is as it should be; the runner's say which job it has taken. */
const NEWS =
  /^\{"level":"(info|debug)"|^epilogue runner: (version |job \d+: (taken \(|\w+( \(\w+\))?(, cleanup (succeeded|skipped))?$)|(\S+ )?takes jobs of |stopping)|^epilogue: (stopping|the runner of an earlier server goes on)/;

/** `epilogue serve`, the real program, on a directory of its own. */
export class Serving {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-serve-')));
  readonly dataDir = join(this.root, 'data');
  /** Outside of every job: where tests look for what jobs did. */
  readonly outside = join(this.root, 'outside');
  readonly #mark = randomBytes(8).toString('hex');
  readonly #database: TestDatabase | null;
  readonly #more: Readonly<Record<string, string>>;
  #server: ServerProcess | null = null;
  #isRunning = false;
  #base = '';
  #token = '';
  #logBefore = '';
  #projects = 0;

  private constructor(database: TestDatabase | null, more: Readonly<Record<string, string>>) {
    this.#database = database;
    this.#more = more;
    mkdirSync(this.outside);
  }

  /** Started, with a token of the administrator at hand. */
  static async start(engine: Engine, ...flags: readonly string[]): Promise<Serving> {
    return await Serving.startWith({}, engine, ...flags);
  }

  /** `more`: for its environment. */
  static async startWith(
    more: Readonly<Record<string, string>>,
    engine: Engine,
    ...flags: readonly string[]
  ): Promise<Serving> {
    const serving = new Serving(engine === 'PostgreSQL' ? await createTestDatabase() : null, more);
    try {
      await serving.start(...flags);
      serving.#token = serving.run('admin', 'token', 'create', '--user', 'root', ...serving.#where()).trim();
      return serving;
    } catch (error) {
      // Nobody else knows of it.
      await serving.dispose();
      throw error;
    }
  }

  /** Such as `http://127.0.0.1:4711`. */
  get base(): string {
    return this.#base;
  }

  get token(): string {
    return this.#token;
  }

  /** What this start of it said on standard output. */
  get output(): string {
    return this.#server?.output ?? '';
  }

  /** What was logged since the first start. */
  get log(): string {
    return this.#logBefore + (this.#server?.log ?? '');
  }

  /** What was logged as a warning or an error since the first start, a line each. */
  complaints(): readonly string[] {
    return this.log.split('\n').filter((line) => line !== '' && !NEWS.test(line));
  }

  /** Resolves once it answers, on a port that is free. */
  async start(...flags: readonly string[]): Promise<void> {
    this.#logBefore = this.log;
    this.#server = await ServerProcess.start([...this.#where(), ...flags], {
      env: this.environment(),
      listen: '127.0.0.1:0',
    });
    this.#isRunning = true;
    this.#base = this.#server.base;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    await this.#server?.end(signal);
  }

  /** Ends what is left of it and its jobs, and removes everything. */
  async dispose(): Promise<void> {
    try {
      await this.stop();
    } finally {
      killMarked(this.#mark);
      await this.#database?.drop();
      rmSync(this.root, { recursive: true, force: true });
    }
  }

  /** What the program says to these words. @throws when it exits with something else than 0 */
  run(...words: readonly string[]): string {
    return execFileSync(PROGRAM, words, { env: this.environment(), encoding: 'utf8', stdio: 'pipe' });
  }

  /** As `run`, while this process goes on, as it must when it answers itself; also when the program fails. */
  async runBeside(...words: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    const { promise, resolve } = Promise.withResolvers<{ stdout: string; stderr: string }>();
    execFile(PROGRAM, words, { env: this.environment(), timeout: 30_000 }, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
    return await promise;
  }

  /** As an administrator where no `token` is given. `path` is from the root. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answered> {
    return await ask(`${this.#base}${path}`, method, { token: this.#token, ...asking });
  }

  /** A name that no project of this server has yet. */
  nextProjectPath(): string {
    this.#projects += 1;
    return `root/shop-${this.#projects}`;
  }

  environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.root,
      TMPDIR: this.root,
      OUTSIDE: this.outside,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      [MARK]: this.#mark,
      ...fromGate(),
      ...this.#more,
    };
  }

  #where(): readonly string[] {
    const database = this.#database === null ? [] : ['--database-url', this.#database.url];
    return ['--data-dir', this.dataDir, ...database];
  }
}

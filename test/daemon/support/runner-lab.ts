import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
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
import { PROGRAM } from '../../support/checkout.ts';
import { fromGate } from '../../support/from-gate.ts';
import { killMarked, MARK, markedProcesses } from '../../support/processes.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { FaultProxy } from './fault-proxy.ts';
import { LabJob } from './lab-job.ts';

/** Real git, which waits before it fetches while a file `hold-git` lies in the room, and says with `in-git` that it does. */
const GIT = `#!/bin/sh
case " $* " in *" fetch "*)
  if [ -e "$LAB/hold-git" ]; then touch "$LAB/in-git"; while [ -e "$LAB/hold-git" ]; do sleep 0.02; done; fi;;
esac
exec "$REAL_GIT" "$@"
`;

/** One coordinator, a proxy before it, and one runner after the other that works in the same directory. */
export class RunnerLab {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-lab-')));
  #server: ServerProcess | null = null;
  #proxy: FaultProxy | null = null;
  #runner: ChildProcess | null = null;
  #saidAll: Promise<unknown> | null = null;
  #headers: Readonly<Record<string, string>> = {};
  #token = '';
  #projects = 0;

  async open(): Promise<void> {
    mkdirSync(join(this.root, 'bin'));
    writeFileSync(join(this.root, 'bin/git'), GIT.replace('$REAL_GIT', this.#realGit()).replaceAll('$LAB', this.root));
    chmodSync(join(this.root, 'bin/git'), 0o755);
    const data = join(this.root, 'data');
    this.#server = await ServerProcess.start(['--no-runner', '--data-dir', data], { env: this.env() });
    const words = ['admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', data];
    this.#token = execFileSync(PROGRAM, words, { env: this.env(), encoding: 'utf8' }).trim();
    this.#headers = { 'private-token': this.#token, 'content-type': 'application/json' };
    const made = await this.api('POST', '/user/runners', { runner_type: 'instance_type' });
    writeFileSync(join(this.root, 'token'), made.token);
    this.#proxy = await FaultProxy.start(this.#server.base);
  }

  async close(): Promise<void> {
    if (this.isRunning) await this.kill();
    killMarked(this.root);
    await this.#proxy?.close();
    await this.#server?.end('SIGTERM');
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Between the runner and the server. */
  get proxy(): FaultProxy {
    if (this.#proxy === null) throw new Error('the lab is not open');
    return this.#proxy;
  }

  env(): Record<string, string> {
    const path = `${join(this.root, 'bin')}:${process.env.PATH ?? ''}`;
    const own = { PATH: path, HOME: this.root, TMPDIR: this.root, GIT_CONFIG_GLOBAL: '/dev/null', [MARK]: this.root };
    return { ...own, ...fromGate() };
  }

  path(name: string): string {
    return join(this.root, name);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  async until(name: string): Promise<void> {
    await waitUntil(`${name} is there:\n${this.has('runner.log') ? this.read('runner.log') : ''}`, () =>
      this.has(name),
    );
  }

  /** A line of a script that waits until a test makes this file. */
  waitFor(name: string): string {
    return `while [ ! -e ${this.path(name)} ]; do sleep 0.02; done`;
  }

  /** A job that waits for `<id>.go` between `<id>.begun` and its cleanup, which says what it was told in `<id>.cleaned`. */
  pipeline(id: string, cleanup = 'true'): string {
    return `
job:
  script:
    - touch ${this.path(id)}.begun
    - ${JSON.stringify(this.waitFor(`${id}.go`))}
  after_script:
    - echo "$CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE" >> ${this.path(id)}.cleaned
    - ${JSON.stringify(cleanup)}
`;
  }

  touch(name: string): void {
    writeFileSync(this.path(name), '');
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Starts a runner; one before it has to be gone. */
  start(more: readonly string[] = []): ChildProcess {
    const where = ['--url', this.proxy.url, '--token-file', this.path('token'), '--directory', this.path('runner')];
    return this.#spawn([...where, ...more]);
  }

  #spawn(words: readonly string[]): ChildProcess {
    const runner = spawn(PROGRAM, ['runner', 'run', ...words], {
      env: this.env(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    runner.stderr?.on('data', (chunk: Buffer) => appendFileSync(this.path('runner.log'), chunk));
    this.#runner = runner;
    this.#saidAll = once(runner, 'close');
    return runner;
  }

  /** As `start`, by a settings file that begins with these lines, and whose only entry ends with those. */
  startFrom(settings: string, more: readonly string[] = [], ofEntry = 'executor = "shell"'): void {
    const entry = { name: 'lab', url: this.proxy.url, token: this.read('token') };
    const lines = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    const text = [settings, '[[runners]]', ...lines, ofEntry, ''].join('\n');
    writeFileSync(this.path('config.toml'), text, { mode: 0o600 });
    this.#spawn(['--config', this.path('config.toml'), '--working-directory', this.path('runner'), ...more]);
  }

  get isRunning(): boolean {
    return this.#runner !== null && this.#runner.exitCode === null && this.#runner.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#runner?.kill(signal);
  }

  /** Resolves with its exit code, once it has ended; null: a signal has ended it. */
  async ended(): Promise<number | null> {
    const runner = this.#runner;
    if (runner === null) throw new Error('there is no runner');
    await waitUntil(
      `the runner ends:\n${this.has('runner.log') ? this.read('runner.log') : ''}`,
      () => !this.isRunning,
    );
    // Its last words come with the end of its streams.
    await this.#saidAll;
    return runner.exitCode;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Journals in the runner's directory. */
  get homes(): readonly string[] {
    return existsSync(this.path('runner/jobs')) ? readdirSync(this.path('runner/jobs')) : [];
  }

  /** Processes that the runner or a job of it has left. */
  get leftRunning(): readonly string[] {
    const mine = new Set([...this.#servers(), process.pid]);
    return markedProcesses(this.root)
      .filter(({ pid }) => !mine.has(pid) && pid !== this.#runner?.pid)
      .map(({ command }) => command);
  }

  async untilNothingIsLeft(): Promise<void> {
    await waitUntil('no journal is left', () => this.homes.length === 0);
    await waitUntil(`nothing is left running: ${this.leftRunning}`, () => this.leftRunning.length === 0);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the server answers
  async api(method: string, path: string, body: object = {}): Promise<any> {
    const sent = method === 'GET' ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${this.#server?.base}/api/v4${path}`, { method, headers: this.#headers, ...sent });
    const text = await answer.text();
    return (answer.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : text;
  }

  /** Pushes a project with one pipeline, or with more files; answers how to look at its only job. */
  async push(given: string | Readonly<Record<string, string>>): Promise<LabJob> {
    const files = typeof given === 'string' ? { '.gitlab-ci.yml': given } : given;
    this.#projects += 1;
    const name = `p${this.#projects}`;
    const dir = this.path(`work-${name}`);
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    const git = (...words: string[]) =>
      execFileSync(this.#realGit(), [...who, ...words], { cwd: dir, env: this.env(), stdio: 'ignore' });
    execFileSync(this.#realGit(), ['init', '--quiet', '--initial-branch=main', dir], { env: this.env() });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text, { mode: 0o755 });
    }
    git('add', '--all');
    git('commit', '--quiet', '--message=First');
    git('push', '--quiet', `${this.#server?.base.replace('://', `://root:${this.#token}@`)}/root/${name}.git`, 'main');
    const project = `/projects/root%2F${name}`;
    const [job] = await waitUntil('there is a job', async () => {
      const jobs = await this.api('GET', `${project}/jobs`);
      return Array.isArray(jobs) && jobs.length > 0 ? jobs : null;
    });
    return new LabJob((method, path) => this.api(method, path), `${project}/jobs/${job.id}`);
  }

  #realGit(): string {
    return execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  }

  #servers(): readonly number[] {
    return markedProcesses(this.root)
      .filter(({ command }) => / serve /.test(command))
      .map(({ pid }) => pid);
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROGRAM } from './checkout.ts';
import { waitUntil } from './wait-until.ts';

/** `epilogue serve` on a port and a data directory of its own, and what tests do with it. */
export class Served {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-served-')));
  /** Such as `http://127.0.0.1:4711`. */
  base = '';
  /** Of the administrator `root`, scope `api`. */
  token = '';
  #server: ChildProcess | null = null;
  #log = '';

  static async start(...words: string[]): Promise<Served> {
    const served = new Served();
    await served.#start(words);
    served.token = served.program('admin', 'token', 'create', '--user', 'root', '--scopes', 'api').trim();
    return served;
  }

  /** For programs that are run beside it: nothing of this machine's user, whose home is the directory of this test. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.root,
      TMPDIR: this.root,
      LANG: 'C.UTF-8',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      // By this one `bin/test` finds, and ends, what an interrupted test left.
      GATE_RUN: process.env.GATE_RUN ?? '',
      ...more,
    };
  }

  /** `epilogue` with these words, on the server's data. What it prints. */
  program(...words: string[]): string {
    const all = [...words, '--data-dir', join(this.root, 'data')];
    return execFileSync(PROGRAM, all, { env: this.environment(), encoding: 'utf8' });
  }

  /** Everything that the server has logged: JSON, an object a line. */
  get log(): string {
    return this.#log;
  }

  /** Makes the project by its first push, on `main`. `path`: such as `root/shop`. */
  push(path: string, files: Readonly<Record<string, string>>): void {
    const dir = join(this.root, 'work', path);
    const git = (...words: string[]): void => {
      execFileSync('git', words, { cwd: dir, env: this.environment(), stdio: ['ignore', 'ignore', 'pipe'] });
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message=First');
    git('push', '--quiet', `${this.base.replace('://', `://root:${this.token}@`)}/${path}.git`, 'main');
  }

  /** As `root`; `path` is from `/api/v4`. @throws when the answer is no success */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.base}/api/v4${path}`, {
      method,
      headers: { 'private-token': this.token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return answer.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : text;
  }

  /** Ends it as an operator does, and removes everything. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server !== null && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  async #start(words: readonly string[]): Promise<void> {
    const all = ['serve', '--listen', '127.0.0.1:0', '--data-dir', join(this.root, 'data'), ...words];
    const server = spawn(PROGRAM, all, { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#server = server;
    let output = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    this.base = (await waitUntil('the server answers', () => /listening on (\S+)\n/.exec(output)))[1] ?? '';
  }
}

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from './checkout.ts';
import { waitUntil } from './wait-until.ts';

export interface ServedJob {
  readonly id: number;
  readonly name: string;
  readonly status: string;
}

export interface ProgramEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory of its own, and coordinators that are served in it as a user would. */
export class Served {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-served-')));
  readonly #servers: ChildProcess[] = [];
  /** What the last one has said: on standard output, and in its log. */
  output = '';
  log = '';

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const person = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@ci.example', GIT_CONFIG_GLOBAL: '/dev/null' };
    const committer = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@ci.example' };
    return { PATH: process.env.PATH ?? '', HOME: this.root, TMPDIR: this.root, ...person, ...committer, ...more };
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Runs something to its end. @throws with what it said */
  run(file: string, words: readonly string[], cwd = this.root): string {
    const env = this.environment();
    return execFileSync(file, words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** The program to its end, while this process goes on, as it must when it answers itself. */
  async ended(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ProgramEnd> {
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    execFile(PROGRAM, words, { env: this.environment(more), timeout: 30_000 }, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
    return await promise;
  }

  epilogue(...words: string[]): string {
    return this.run(PROGRAM, words);
  }

  /** Serves this data; the address. */
  async serve(
    data: string,
    words: readonly string[] = [],
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const all = ['serve', '--listen', '127.0.0.1:0', '--data-dir', data, ...words];
    const server = spawn(PROGRAM, all, { env: this.environment(more) });
    this.#servers.push(server);
    this.output = '';
    this.log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    server.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    return (await waitUntil('the server answers', () => /listening on (\S+)\n/.exec(this.output)))[1] ?? '';
  }

  token(data: string): string {
    return this.epilogue('admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', data).trim();
  }

  /** Pushes a commit with this CI file to `root/shop`. */
  push(base: string, token: string, ci: string): void {
    const work = this.path('work');
    this.run('git', ['init', '--quiet', '--initial-branch=main', work]);
    writeFileSync(join(work, '.gitlab-ci.yml'), ci);
    this.run('git', ['add', '--all'], work);
    this.run('git', ['commit', '--quiet', '--message=First'], work);
    this.run('git', ['push', '--quiet', `${base.replace('://', `://root:${token}@`)}/root/shop.git`, 'main'], work);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** REST of `root/shop`. */
export class ShopClient {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const url = `${this.#base}/api/v4/projects/root%2Fshop${path}`;
    return await fetch(url, { ...init, headers: { 'private-token': this.#token } });
  }

  async text(path: string): Promise<string> {
    return await (await this.ask(path)).text();
  }

  async job(name: string): Promise<ServedJob | undefined> {
    const jobs = (await (await this.ask('/jobs')).json()) as readonly ServedJob[];
    return jobs.find((each) => each.name === name);
  }

  async jobIn(name: string, status: string): Promise<ServedJob> {
    return await waitUntil(`${name} is ${status}`, async () => {
      const job = await this.job(name);
      return job?.status === status ? job : undefined;
    });
  }
}

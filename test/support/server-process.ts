import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './checkout.ts';
import { waitUntil } from './wait-until.ts';

/** Cleanups of jobs are waited for. */
const LONGEST_END_MS = 30_000;

export interface ServeOptions {
  readonly env: Readonly<Record<string, string>>;
  /** `127.0.0.1:PORT`; on a free port when left out. */
  readonly listen?: string | undefined;
}

/** `epilogue serve`: one process of it, from its start to its end. */
export class ServerProcess {
  readonly #process: ChildProcess;
  #output = '';
  #log = '';
  #base = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  /** Resolves once it answers. @throws with what it complained of, when it ends instead */
  static async start(words: readonly string[], { env, listen = '127.0.0.1:0' }: ServeOptions): Promise<ServerProcess> {
    const all = ['serve', '--listen', listen, ...words];
    const server = new ServerProcess(spawn(PROGRAM, all, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    const found = await waitUntil('the server answers', () => {
      if (server.#hasEnded()) throw new Error(`the server ended: ${server.#log.slice(-2_000)}`);
      return /listening on (\S+)\n/.exec(server.#output);
    });
    server.#base = found[1] ?? '';
    return server;
  }

  /** Such as `http://127.0.0.1:4711`. */
  get base(): string {
    return this.#base;
  }

  /** What it has said on standard output. */
  get output(): string {
    return this.#output;
  }

  /** What it has logged, a line each. */
  get log(): string {
    return this.#log;
  }

  /** Resolves once it is gone. @throws when it had ended by itself, or had to be killed. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#hasEnded()) {
      const { exitCode, signalCode } = this.#process;
      throw new Error(`the server ended by itself: ${exitCode ?? signalCode}\n${this.#log.slice(-20_000)}`);
    }
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      this.#process.kill('SIGKILL');
    }, LONGEST_END_MS);
    await ended;
    clearTimeout(late);
    if (isLate)
      throw new Error(`the server had not ended ${LONGEST_END_MS} ms after ${signal}\n${this.#log.slice(-2_000)}`);
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../../support/checkout.ts';
import { waitUntil } from '../../support/wait-until.ts';

export interface RunnerOptions {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** `epilogue runner run`: the real program, which can be started again in the same directory. */
export class RunnerProcess {
  readonly #options: RunnerOptions;
  #process: ChildProcess | null = null;
  #log = '';

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** All that it has said since its first start. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Null: it runs, or was killed. */
  get exitCode(): number | null {
    return this.#process?.exitCode ?? null;
  }

  start(...more: readonly string[]): void {
    const { words, env } = this.#options;
    const child = spawn(PROGRAM, ['runner', 'run', ...words, ...more], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
    this.#process = child;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Resolves once it is gone. */
  async kill(): Promise<void> {
    if (!this.isRunning || this.#process === null) return;
    const ended = once(this.#process, 'exit');
    this.signal('SIGKILL');
    await ended;
  }

  async untilItSays(words: string | RegExp): Promise<void> {
    await waitUntil(`the runner says ${words}`, () => {
      if (!this.isRunning) throw new Error(`the runner has ended: ${this.#log}`);
      return typeof words === 'string' ? this.#log.includes(words) : words.test(this.#log);
    });
  }

  async untilEnded(): Promise<void> {
    await waitUntil('the runner ends', () => !this.isRunning, 40_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#log}`);
    });
  }
}

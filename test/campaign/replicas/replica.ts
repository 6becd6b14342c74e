import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../../support/checkout.ts';
import { waitUntil } from '../../support/wait-until.ts';

export interface ReplicaOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One `epilogue serve` among several, killed and started again under one address. */
export class Replica {
  /** Empty until it was started. */
  url = '';
  readonly #options: ReplicaOptions;
  #process: ChildProcess | null = null;
  #said = '';
  #complained = '';

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { databaseUrl, dataDir, env } = this.#options;
    const listen = this.url === '' ? '127.0.0.1:0' : new URL(this.url).host;
    this.#said = '';
    const words = ['serve', '--no-runner', '--listen', listen, '--data-dir', dataDir, '--database-url', databaseUrl];
    const server = spawn(PROGRAM, [...words, '--log-level', 'warn'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = server;
    server.stdout.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    server.stderr.on('data', (chunk: Buffer) => {
      this.#complained = (this.#complained + chunk.toString()).slice(-20_000);
    });
    const found = await waitUntil('the replica answers', () => {
      if (server.exitCode !== null) throw new Error(`the replica ended: ${this.#complained}`);
      return /listening on (\S+)\n/.exec(this.#said);
    });
    this.url = found[1] ?? '';
  }

  /** Its last words, for a test that fails. */
  get complaints(): string {
    return this.#complained;
  }

  /** @throws when it had ended by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const server = this.#process;
    if (server === null) return;
    this.#process = null;
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(`a replica ended by itself: ${server.exitCode ?? server.signalCode}\n${this.#complained}`);
    }
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }
}

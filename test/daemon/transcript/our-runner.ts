import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from '../../support/checkout.ts';
import { type PlainServer, type PlainServerOptions, startPlainServer } from '../plain-server/plain-server.ts';

/** A plain server, and the real program that takes jobs from it. */
export class OurRunner {
  readonly server: PlainServer;
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-transcript-')));
  readonly #runner: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** What it wrote for its owner. */
  words = '';

  private constructor(server: PlainServer, concurrent: number) {
    this.server = server;
    writeFileSync(join(this.#root, 'token'), server.token);
    const where = [
      '--url',
      server.url,
      '--token-file',
      join(this.#root, 'token'),
      '--directory',
      join(this.#root, 'runner'),
    ];
    const env = { PATH: process.env.PATH ?? '', HOME: this.#root, TMPDIR: this.#root };
    const words = ['runner', 'run', ...where, '--concurrent', String(concurrent)];
    this.#runner = spawn(PROGRAM, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#ended = once(this.#runner, 'exit');
    this.#runner.stderr?.on('data', (chunk: Buffer) => {
      this.words += chunk.toString();
    });
  }

  /** @param prepare what is there before the runner's first request */
  static async start(
    { concurrent = 1, ...options }: PlainServerOptions & { readonly concurrent?: number },
    prepare: (server: PlainServer) => void = () => {},
  ): Promise<OurRunner> {
    const server = await startPlainServer(options);
    prepare(server);
    return new OurRunner(server, concurrent);
  }

  get isRunning(): boolean {
    return this.#runner.exitCode === null && this.#runner.signalCode === null;
  }

  /** Resolves when it has ended by that. */
  async end(signal: 'SIGTERM' | 'SIGQUIT'): Promise<void> {
    if (this.isRunning) this.#runner.kill(signal);
    await this.#ended;
  }

  async close(): Promise<void> {
    await this.end('SIGTERM');
    await this.server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

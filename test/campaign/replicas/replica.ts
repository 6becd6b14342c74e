import { ServerProcess } from '../../support/server-process.ts';

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
  #server: ServerProcess | null = null;
  #complaints = '';

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { databaseUrl, dataDir, env } = this.#options;
    const words = ['--no-runner', '--data-dir', dataDir, '--database-url', databaseUrl, '--log-level', 'warn'];
    const listen = this.url === '' ? undefined : new URL(this.url).host;
    this.#server = await ServerProcess.start(words, { env, listen });
    this.url = this.#server.base;
  }

  /** Its last words, for a test that fails. */
  get complaints(): string {
    return (this.#complaints + (this.#server?.log ?? '')).slice(-20_000);
  }

  /** @throws when it had ended by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#complaints = this.complaints;
    this.#server = null;
    await server.end(signal);
  }
}

import { waitUntil } from '../../support/wait-until.ts';
import type { Death, Orders, Points } from '../server/orders.ts';
import { ServerProcess, type ServerProgram } from './server-process.ts';

/** The server died while it was asked. What became of the request is open. */
export class Crashed extends Error {}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: the campaign looks at what came.
  readonly json: any;
}

export interface Sent {
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer> | FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CoordinatorOptions {
  readonly program: ServerProgram;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly points: Points;
  /** Of all servers of this campaign on this engine. */
  readonly deaths: Death[];
  /** Called after each death, with nothing running. */
  readonly check: (death: Death | null) => Promise<void>;
}

/** A server that dies and is started again, on the same data, for as long as the test lasts. */
export class Coordinator {
  aheadMs = 0;
  address = '';
  readonly #options: CoordinatorOptions;
  #now: ServerProcess | null = null;
  #next: ServerProcess;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#next = this.#load();
  }

  #load(): ServerProcess {
    return new ServerProcess(this.#options.program, this.#options.dataDir);
  }

  /** Until one listens: some die on the way. */
  async start(): Promise<void> {
    for (;;) {
      this.#now = this.#next;
      const address = await this.#now.begin(this.#orders());
      this.#next = this.#load();
      if (address !== null) {
        this.address = address;
        return;
      }
      await this.#bury();
    }
  }

  /** The one that is dying has died, what it left is checked, and another one listens. */
  async restart(): Promise<void> {
    await this.#bury();
    await this.start();
  }

  async #bury(): Promise<void> {
    const { death, signal, stderr } = (await this.#now?.ended) ?? { death: null, signal: null, stderr: '' };
    if (death === null || signal !== 'SIGKILL') throw new Error(`the server ended by itself (${signal}): ${stderr}`);
    if (/"level":"error"/.test(stderr)) throw new Error(`the server complained: ${stderr}`);
    this.#options.deaths.push(death);
    await this.#options.check(death);
  }

  #orders(): Orders {
    const { dataDir, databaseUrl, points, deaths } = this.#options;
    const kills: Record<string, number> = {};
    for (const { kind, side } of deaths) kills[`${kind} ${side}`] = (kills[`${kind} ${side}`] ?? 0) + 1;
    return { dataDir, databaseUrl, points, kills, aheadMs: this.aheadMs, path: process.env.PATH ?? '' };
  }

  /** @throws Crashed */
  async request(method: string, path: string, { json, body, headers = {} }: Sent = {}): Promise<Answer> {
    const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
    const sent = json === undefined ? body : JSON.stringify(json);
    try {
      const answer = await fetch(this.address + path, {
        method,
        headers: { ...type, ...headers },
        ...(sent === undefined ? {} : { body: sent }),
        signal: AbortSignal.timeout(30_000),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const isJson = (answer.headers.get('content-type') ?? '').startsWith('application/json');
      return {
        status: answer.status,
        headers: answer.headers,
        bytes,
        json: isJson ? JSON.parse(bytes.toString()) : null,
      };
    } catch (error) {
      if (error instanceof DOMException) throw error;
      throw new Crashed(`${method} ${path}`, { cause: error });
    }
  }

  /** @throws Crashed */
  async pass(ms: number): Promise<void> {
    this.aheadMs += ms;
    await this.#ask({ ask: 'pass', ms });
  }

  /** @throws Crashed */
  async token(): Promise<string> {
    return String(await this.#ask({ ask: 'token' }));
  }

  /** Effects that wait to be worked off. @throws Crashed */
  async effects(): Promise<number> {
    return Number(await this.#ask({ ask: 'effects' }));
  }

  async #ask(question: Parameters<ServerProcess['ask']>[0]): Promise<string | number | null> {
    const value = await this.#now?.ask(question);
    // `pass` and `stop` have nothing to say, so that only a process that is gone tells them apart.
    if (value === null && (question.ask === 'token' || question.ask === 'effects')) throw new Crashed(question.ask);
    return value ?? null;
  }

  async stop(): Promise<void> {
    this.#next.kill();
    await this.#now?.ask({ ask: 'stop' });
    await waitUntil('the server has stopped', () => this.#now?.ended, 15_000);
  }

  /** Leaves nothing running. */
  kill(): void {
    this.#next.kill();
    this.#now?.kill();
  }
}

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../support/wait-until.ts';
import type { Orders, Points, Strike } from '../server/orders.ts';
import { slowedNow } from '../server/shifted-clock.ts';
import { ServerProcess, type ServerProgram } from './server-process.ts';

/** The server died while it was asked. What became of the request is open. */
export class Crashed extends Error {}

/** It was turned down, as there is no room. */
export class NoRoom extends Error {}

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
  readonly strikes: Strike[];
  /** Called after each death, with nothing running. */
  readonly check: (death: Strike | null) => Promise<void>;
}

/** A server that dies and is started again, on the same data, for as long as the test lasts. */
export class Coordinator {
  aheadMs = 0;
  address = '';
  readonly #options: CoordinatorOptions;
  #now: ServerProcess | null = null;
  #next: ServerProcess;
  #refusals = 0;
  readonly #startedAt = Date.now();

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#next = this.#load();
  }

  #load(): ServerProcess {
    return new ServerProcess(this.#options.program, this.#options.dataDir, (strike) =>
      this.#options.strikes.push(strike),
    );
  }

  /** Until one listens: some end on the way. */
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

  /** Turned down for want of room: once more, then it is killed on its full disk every third time, and there is room again. */
  async endure(): Promise<void> {
    this.#refusals += 1;
    if (this.#refusals % 2 === 1) return;
    if (this.#refusals % 6 !== 0) return this.free();
    this.#now?.kill();
    await this.#now?.ended;
    if (this.#refusals % 12 === 0) this.free();
    await this.start();
    this.free();
  }

  async #bury(): Promise<void> {
    const { report, signal, stderr } = (await this.#now?.ended) ?? { report: null, signal: null, stderr: '' };
    if (signal === null && this.isFull && /no room|ENOSPC/.test(stderr)) return this.free();
    if (report === null || signal !== 'SIGKILL') throw new Error(`the server ended by itself (${signal}): ${stderr}`);
    if (/"level":"error"/.test(stderr)) throw new Error(`the server complained: ${stderr}`);
    this.#options.strikes.push(report);
    await this.#options.check(report);
  }

  /** By its clock, UTC ms. */
  now(): number {
    return slowedNow(this.#startedAt) + this.aheadMs;
  }

  /** There is no room left where it keeps its data. */
  get isFull(): boolean {
    return existsSync(this.#ballast);
  }

  /** There is room again. */
  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  get #ballast(): string {
    return join(this.#options.dataDir, '..', 'ballast');
  }

  #orders(): Orders {
    const { dataDir, databaseUrl, points } = this.#options;
    const strikes: Record<string, number> = {};
    for (const { aspects, side } of this.#options.strikes) {
      for (const aspect of aspects) strikes[`${aspect} ${side}`] = (strikes[`${aspect} ${side}`] ?? 0) + 1;
    }
    const common = { dataDir, databaseUrl, points, strikes, ballast: this.#ballast };
    return { ...common, startedAt: this.#startedAt, aheadMs: this.aheadMs, path: process.env.PATH ?? '' };
  }

  /** @throws Crashed, NoRoom */
  async request(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.#fetch(method, path, sent);
    if (answer.status >= 500 && this.isFull) throw readNoRoom(`${method} ${path}`, answer);
    return answer;
  }

  async #fetch(method: string, path: string, { json, body, headers = {} }: Sent): Promise<Answer> {
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
      const { status, headers: said } = answer;
      return { status, headers: said, bytes, json: isJson ? JSON.parse(bytes.toString()) : null };
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
    if (value === null && (question.ask === 'token' || question.ask === 'effects')) {
      throw this.isFull ? new NoRoom(question.ask) : new Crashed(question.ask);
    }
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

/** On a full disk an answer says so. */
function readNoRoom(what: string, { status, bytes }: Answer): Error {
  const text = bytes.toString();
  return status === 507 && /Insufficient Storage/.test(text)
    ? new NoRoom(what)
    : new Error(`${what} on a full disk: ${status} ${text}`);
}

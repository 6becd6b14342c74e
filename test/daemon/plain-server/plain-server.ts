import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, refuse, send } from './answer.ts';
import { answerArtifacts, answerStorage } from './answer-artifacts.ts';
import { answerGit } from './answer-git.ts';
import { answerJob } from './answer-job.ts';
import { answerRunner, isRunner } from './answer-runner.ts';
import { Desk } from './desk.ts';
import { Faults, type Instead, misbehave, type Which } from './faults.ts';
import type { PayloadChanges } from './payload.ts';
import type { JobHandle, PlainJob } from './plain-job.ts';
import { type OpenRequest, openRequest, readBody, type SeenRequest } from './seen-request.ts';

export interface PlainServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The runner's authentication token. Default: one that is made up, `glrt-…`. */
  readonly token?: string;
  /** Long polls: how long a request with the latest `last_update` is held when there is no job. Default: 0, as GitLab without Workhorse. */
  readonly holdMs?: number;
  /** `X-GitLab-Trace-Update-Interval`; null, the default: the header is not there. */
  readonly intervalS?: number | null;
  /** A job that was handed out, and not accepted for so long, is handed out again. Default: 120,000, as GitLab. */
  readonly acceptMs?: number;
  /** Absolute; bare repositories below it are served, `grp/demo.git` being the one that payloads name. Default: none. */
  readonly repositories?: string;
  /** Archives lie in an object storage on another host: `direct_download=true` is answered 302 to it. Default: false. */
  readonly hasStorage?: boolean;
}

/**
 * A GitLab that knows none of our additions, as far as a runner sees it: runners are registered, verified, reset and taken out; jobs are handed out (pending until
 * `PUT state=running`, put back when the connection was gone), reported on, logged (exact `Content-Range`, 416 with `Range`), checked by length and CRC-32 at
 * their end (412, and the log is wanted again), cancelled; artifacts come and go; git is served. It keeps everything in memory and remembers every request.
 */
export interface PlainServer {
  /** Without a slash at its end; stays when the server goes away and comes back. */
  readonly url: string;
  /** Of the runner, as it is now; empty once it is unregistered. */
  readonly token: string;
  readonly registrationToken: string;
  readonly jobs: readonly JobHandle[];
  /** In the order in which their heads came in. */
  readonly requests: readonly SeenRequest[];
  /** Seconds; from the next answer about a job on. */
  intervalS: number | null;
  /** Makes a job that waits. */
  enqueue(changes?: PayloadChanges): JobHandle;
  /** The next `times` requests that fit get this in place of an answer. Default: one. */
  plan(which: Which, instead: Instead, times?: number): void;
  /** Nothing is planned any more. */
  forget(): void;
  /** Cuts every connection; new ones are taken. */
  cut(): void;
  /** Cuts every connection, and takes none until it comes back: the server is down. What it knows stays. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

export async function startPlainServer(options: PlainServerOptions = {}): Promise<PlainServer> {
  const server = new RunningServer(options);
  await server.comeBack();
  return server;
}

class RunningServer implements PlainServer {
  readonly requests: OpenRequest[] = [];
  readonly #options: PlainServerOptions;
  readonly #desk: Desk;
  readonly #faults = new Faults();
  readonly #startedAt = performance.now();
  #server: Server | null = null;
  #port: number;

  constructor(options: PlainServerOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
    this.#desk = new Desk(
      options.token ?? 'glrt-t1_abcdefghij',
      'GR1348941oldtoken',
      options.intervalS ?? null,
      options.acceptMs ?? 120_000,
    );
  }

  get url(): string {
    return this.#desk.url;
  }

  get token(): string {
    return this.#desk.token ?? '';
  }

  get registrationToken(): string {
    return this.#desk.registrationToken;
  }

  get jobs(): readonly JobHandle[] {
    return this.#desk.jobs;
  }

  get intervalS(): number | null {
    return this.#desk.intervalS;
  }

  set intervalS(seconds: number | null) {
    this.#desk.intervalS = seconds;
  }

  enqueue(changes: PayloadChanges = {}): JobHandle {
    return this.#desk.enqueue(changes);
  }

  plan(which: Which, instead: Instead, times = 1): void {
    this.#faults.add(which, instead, times);
  }

  forget(): void {
    this.#faults.clear();
  }

  cut(): void {
    this.#server?.closeAllConnections();
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async comeBack(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((incoming, outgoing) => void this.#meet(incoming, outgoing));
    // Longer than any test: it is the runner that closes what it does not need.
    server.keepAliveTimeout = 600_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#desk.url = `http://127.0.0.1:${this.#port}`;
    this.#server = server;
  }

  async close(): Promise<void> {
    await this.goAway();
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }

  async #meet(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const seen = openRequest(incoming, this.requests.length + 1, this.#now());
    this.requests.push(seen);
    outgoing.on('error', () => {});
    try {
      await readBody(incoming, seen);
      const instead = this.#faults.take(seen);
      if (instead === null) return await this.#answer(outgoing, seen);
      if (instead.takes === true) await this.#decide(seen, new AbortController().signal);
      if ('kind' in instead) misbehave(instead.kind, incoming, outgoing);
      else await send(outgoing, seen, instead, this.#now());
    } catch {
      // The other side has gone in the middle of what it said.
      outgoing.destroy();
    }
  }

  async #answer(outgoing: ServerResponse, seen: OpenRequest): Promise<void> {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const answer = await this.#decide(seen, gone.signal);
    seen.handedOut = answer.job?.id ?? null;
    const isThere = await send(outgoing, seen, answer.answer, this.#now());
    if (!isThere && answer.job !== null) this.#desk.putBack(answer.job);
  }

  /** `job`: the one that it hands out. */
  async #decide(seen: SeenRequest, gone: AbortSignal): Promise<{ answer: Answer; job: PlainJob | null }> {
    const { path } = seen;
    const { hasStorage = false, repositories } = this.#options;
    const plain = (answer: Answer | null) => ({ answer: answer ?? refuse(404, 'Not Found'), job: null });
    if (path === '/api/v4/jobs/request') return await this.#handOut(seen, gone);
    if (path.startsWith('/api/v4/runners')) return plain(answerRunner(this.#desk, seen));
    if (/\/artifacts(\?|$)/.test(path)) return plain(await answerArtifacts(this.#desk, seen, hasStorage));
    if (seen.job !== null) return plain(answerJob(this.#desk, seen));
    if (path.startsWith('/storage/')) return plain(answerStorage(this.#desk, seen));
    if (repositories !== undefined && path.includes('.git/')) return plain(await answerGit(repositories, seen));
    return plain(null);
  }

  async #handOut(seen: SeenRequest, gone: AbortSignal): Promise<{ answer: Answer; job: PlainJob | null }> {
    const desk = this.#desk;
    if (!isRunner(desk, seen)) return { answer: refuse(403, 'Forbidden'), job: null };
    let job = desk.take();
    if (job === null && seen.json.last_update === desk.lastUpdate) {
      await desk.wait(this.#options.holdMs ?? 0, gone);
      job = gone.aborted ? null : desk.take();
    }
    const headers = { 'X-GitLab-Last-Update': desk.lastUpdate };
    return { answer: job === null ? { status: 204, headers } : { status: 201, headers, body: job.payload }, job };
  }
}

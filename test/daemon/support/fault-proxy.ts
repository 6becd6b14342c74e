import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request as it came in from the runner; its body only where it is JSON. */
export interface Passing {
  readonly method: string;
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly json: any;
}

/** What the runner hears instead of the server. */
export type Fault = 500 | 429 | 'garbage' | 'nothing';

/** One request that is kept waiting. */
export interface Hold {
  /** It has come. */
  readonly hasArrived: boolean;
  /** It goes on to the server, or to whatever fault there is now; also all later ones like it. */
  release(): void;
}

interface Waiting {
  readonly matches: (passing: Passing) => boolean;
  hasArrived: boolean;
  readonly released: Promise<void>;
}

/** Between a runner and a server, at an address that stays: holds requests back, answers in the server's place, and is cut and healed. */
export class FaultProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #holds: Waiting[] = [];
  readonly #said: ((words: string) => void)[] = [];
  #target: string;
  #fault: Fault | null = null;
  #isCut = false;
  #faults = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((incoming, answer) => {
      void this.#pass(incoming, answer).catch(() => answer.destroy());
    });
    this.#server.on('connection', (socket: Socket) => this.#note(socket));
  }

  /** `target`: such as `http://127.0.0.1:4711`. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The server has moved. */
  set target(url: string) {
    this.#target = url;
  }

  /** How often a fault was met since it began: answers that were not the server's, connections that were refused. */
  get faults(): number {
    return this.#faults;
  }

  /** The next request like this waits. */
  hold(matches: (passing: Passing) => boolean): Hold {
    const released = Promise.withResolvers<void>();
    const waiting = { matches, hasArrived: false, released: released.promise };
    this.#holds.push(waiting);
    return {
      get hasArrived() {
        return waiting.hasArrived;
      },
      release: () => {
        const at = this.#holds.indexOf(waiting);
        if (at >= 0) this.#holds.splice(at, 1);
        released.resolve();
      },
    };
  }

  /** Resolves once the server has said something like this to the runner: in a header of an answer about a job, or over the stream of events. */
  async says(pattern: RegExp): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const hear = (words: string): void => {
      if (pattern.test(words)) resolve();
    };
    this.#said.push(hear);
    await promise;
    this.#said.splice(this.#said.indexOf(hear), 1);
  }

  /** Calls about jobs are answered like this from now on; git and the stream of events go on. */
  answer(fault: Fault): void {
    this.#fault = fault;
    this.#faults = 0;
  }

  /** Every connection breaks off, and no other one comes about. */
  cut(): void {
    this.#isCut = true;
    this.#faults = 0;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** No fault any more. Who got no answer until now gets none. */
  heal(): void {
    if (this.#fault === 'nothing') for (const socket of this.#sockets) socket.destroy();
    this.#fault = null;
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #note(socket: Duplex): void {
    if (this.#isCut) {
      this.#faults += 1;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
  }

  async #pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const isJson = incoming.headers['content-type']?.startsWith('application/json') ?? false;
    const body = isJson ? await bytesOf(incoming) : null;
    const passing: Passing = { method, url, json: body === null ? null : jsonOf(body) };
    const waiting = this.#holds.find(({ matches }) => matches(passing));
    if (waiting !== undefined) {
      waiting.hasArrived = true;
      await waiting.released;
      // Whoever asked has died meanwhile, and its request with it.
      if (answer.destroyed) return;
    }
    if (this.#fault !== null && /^\/api\/v4\/jobs\//.test(url)) return this.#answerWith(this.#fault, incoming, answer);
    await this.#forward(incoming, body, answer);
  }

  #answerWith(fault: Fault, incoming: IncomingMessage, answer: ServerResponse): void {
    this.#faults += 1;
    incoming.resume();
    if (fault === 'nothing') return;
    if (fault === 'garbage') answer.socket?.end('this is no HTTP\r\n\r\n');
    else answer.writeHead(fault, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"message":"no"}');
  }

  async #forward(incoming: IncomingMessage, body: Buffer | null, answer: ServerResponse): Promise<void> {
    const { method, url, headers } = incoming;
    const onward = request(`${this.#target}${url}`, { method, headers, agent: false });
    onward.on('socket', (socket: Socket) => this.#note(socket));
    answer.on('close', () => onward.destroy());
    if (body === null) incoming.pipe(onward);
    else onward.end(body);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    this.#hear(JSON.stringify(reply.headers));
    if (reply.headers['content-type']?.startsWith('text/event-stream'))
      reply.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    answer.flushHeaders();
    reply.on('error', () => answer.destroy());
    reply.pipe(answer);
  }

  #hear(words: string): void {
    for (const hear of [...this.#said]) hear(words);
  }
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

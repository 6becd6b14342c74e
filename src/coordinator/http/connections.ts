import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/index.ts';
import { HttpError } from './http-error.ts';

/** Once the server closes, an answer that has begun may take so long to be read. What streams is told to end before. */
const READ_MS = 500;
/** And a handler that is at work so long to answer, its body on the way included. */
const ANSWER_MS = 10_000;

/** Requests on one connection that are not answered yet; with more it is cut. No client sends so many ahead, and each is kept until its turn. */
const MOST_AHEAD = 100;
/** What is said of them is said this often at most. */
const TOLD_EVERY_MS = 60_000;
/** Before anything was asked, so to whatever will be. */
const TOO_MANY = [
  'HTTP/1.1 503 Service Unavailable',
  ...['content-type: application/json', 'retry-after: 5', 'connection: close', 'content-length: 75', ''],
  '{"message":"503 Service Unavailable - the server has too many connections"}',
].join('\r\n');

/**
 * Owns all connections of a server, so that closing it waits for nobody: neither for a client that has opened a connection and asked nothing (`fetch`
 * keeps one in reserve; node counts it as busy until its headers are late), nor for one that does not read its answer. There are so many of them at
 * most, or files could not be opened any more: whoever comes then takes the place of the one on which nothing has been asked for longest, and is refused
 * only when all are in use, which takes credentials. Of one address there may be any number: a fleet may have but one.
 */
export function ownConnections(app: FastifyInstance, clock: Clock, most: number): void {
  const connections = new Connections();
  let toldAt = Number.NEGATIVE_INFINITY;
  app.server.on('connection', (socket: Socket) => {
    if (connections.count < most) return connections.add(socket);
    if (clock.monotonic() - toldAt >= TOLD_EVERY_MS) app.log.warn({ most }, 'there are too many connections');
    toldAt = Math.max(toldAt, clock.monotonic());
    if (connections.endOldestIdle()) return connections.add(socket);
    socket.end(TOO_MANY);
    socket.destroySoon();
  });
  app.server.prependListener('request', (request, answer) => connections.enter(request.socket, answer));
  // One after the other: node hands over a thousand requests that came in one piece at once, and would keep all of their answers.
  app.addHook('onRequest', (request, reply, done) => {
    const ahead = connections.ahead(request.raw.socket, reply.raw);
    if (ahead === null) done();
    else
      ahead.then((isOpen) => done(isOpen ? undefined : new HttpError(400, { error: 'the connection is gone' })), done);
  });
  const closed = new AbortController();
  app.addHook('preClose', (done) => {
    connections.endIdle();
    void cutLate(connections, clock, closed.signal);
    done();
  });
  app.server.on('close', () => closed.abort());
}

async function cutLate(connections: Connections, clock: Clock, closed: AbortSignal): Promise<void> {
  await clock.sleep(READ_MS, closed);
  if (!closed.aborted) connections.cut((answer) => answer === null || answer.headersSent);
  await clock.sleep(ANSWER_MS - READ_MS, closed);
  if (!closed.aborted) connections.cut(() => true);
}

class Connections {
  /** What each has been asked and has not answered, in order. */
  readonly #open = new Map<Socket, ServerResponse[]>();
  /** Who waits for an answer to be over; false: its connection is. */
  readonly #waiting = new WeakMap<ServerResponse, (isOpen: boolean) => void>();
  /** Those that answer nothing, the one that has done so for longest first. */
  readonly #idle = new Set<Socket>();
  #isEnding = false;

  get count(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    this.#open.set(socket, []);
    this.#idle.add(socket);
    socket.once('close', () => this.#forget(socket));
  }

  enter(socket: Socket, answer: ServerResponse): void {
    const answers = this.#open.get(socket);
    if (answers === undefined) return;
    answers.push(answer);
    this.#idle.delete(socket);
    if (answers.length > MOST_AHEAD) socket.destroy();
    answer.once('close', () => {
      answers.splice(answers.indexOf(answer), 1);
      this.#waiting.get(answer)?.(!socket.destroyed);
      if (answers.length > 0 || !this.#open.has(socket)) return;
      this.#idle.add(socket);
      // Not destroyed: what its client still sends would be answered by a reset, which takes the answer with it.
      if (this.#isEnding) socket.end();
    });
  }

  /** Resolves when the answer before this one on the same connection is over; false: the connection is. Null: there is none. */
  ahead(socket: Socket, answer: ServerResponse): Promise<boolean> | null {
    const answers = this.#open.get(socket);
    const before = answers?.[answers.indexOf(answer) - 1];
    if (before === undefined) return null;
    if (socket.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.set(before, resolve));
  }

  /** False: there is none. */
  endOldestIdle(): boolean {
    const [oldest] = this.#idle;
    if (oldest === undefined) return false;
    this.#forget(oldest);
    oldest.destroy();
    return true;
  }

  /** Ends all that nothing is asked on; from now on one ends with the answer that is under way on it. */
  endIdle(): void {
    this.#isEnding = true;
    for (const socket of this.#idle) socket.destroySoon();
  }

  cut(isLate: (answer: ServerResponse | null) => boolean): void {
    for (const [socket, [answer = null]] of this.#open) if (isLate(answer)) socket.destroy();
  }

  #forget(socket: Socket): void {
    for (const answer of this.#open.get(socket) ?? []) this.#waiting.get(answer)?.(false);
    this.#open.delete(socket);
    this.#idle.delete(socket);
  }
}

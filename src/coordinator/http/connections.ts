import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/index.ts';

/** Once the server closes, an answer that has begun may take so long to be read. What streams is told to end before. */
const READ_MS = 500;
/** And a handler that is at work so long to answer, its body on the way included. */
const ANSWER_MS = 10_000;

/**
 * Owns all connections of a server, so that closing it waits for nobody: neither for a client that has opened a connection and asked nothing (`fetch`
 * keeps one in reserve; node counts it as busy until its headers are late), nor for one that does not read its answer.
 */
export function ownConnections(app: FastifyInstance, clock: Clock): void {
  const connections = new Connections();
  app.server.on('connection', (socket: Socket) => connections.add(socket));
  app.server.prependListener('request', (request, answer) => connections.enter(request.socket, answer));
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
  /** What each is answering; null: nothing. */
  readonly #open = new Map<Socket, ServerResponse | null>();
  #isEnding = false;

  add(socket: Socket): void {
    this.#open.set(socket, null);
    socket.once('close', () => this.#open.delete(socket));
  }

  enter(socket: Socket, answer: ServerResponse): void {
    this.#open.set(socket, answer);
    answer.once('close', () => {
      if (this.#open.get(socket) !== answer) return;
      this.#open.set(socket, null);
      // Not destroyed: what its client still sends would be answered by a reset, which takes the answer with it.
      if (this.#isEnding) socket.end();
    });
  }

  /** Ends all that nothing is asked on; from now on one ends with the answer that is under way on it. */
  endIdle(): void {
    this.#isEnding = true;
    for (const [socket, answer] of this.#open) if (answer === null) socket.destroySoon();
  }

  cut(isLate: (answer: ServerResponse | null) => boolean): void {
    for (const [socket, answer] of this.#open) if (isLate(answer)) socket.destroy();
  }
}

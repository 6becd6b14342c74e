import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { SeenRequest } from './seen-request.ts';

/** Which requests; what is absent does not matter. */
export interface Which {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Against path and query. */
  readonly path?: RegExp;
  readonly job?: number;
  /** Whole, with its body. */
  readonly when?: (request: SeenRequest) => boolean;
}

/**
 * What comes instead of the answer: one of its own; `cut`: the connection is closed without a word; `hang`: nothing, and it stays open; `garbage`: bytes that
 * are no HTTP; `half`: the head of an answer and some of a body that never ends, then it is cut. With `takes` the server does first what was asked, so that
 * only its answer is lost.
 */
export type Instead = (Answer | { readonly kind: 'cut' | 'hang' | 'garbage' | 'half' }) & { readonly takes?: boolean };

interface Fault {
  readonly which: Which;
  readonly instead: Instead;
  left: number;
}

/** What a test has planned; the first that fits is taken. */
export class Faults {
  #faults: Fault[] = [];

  add(which: Which, instead: Instead, times: number): void {
    this.#faults.push({ which, instead, left: times });
  }

  clear(): void {
    this.#faults = [];
  }

  take(request: SeenRequest): Instead | null {
    const fault = this.#faults.find(({ which, left }) => left > 0 && fits(which, request));
    if (fault === undefined) return null;
    fault.left -= 1;
    return fault.instead;
  }
}

function fits({ method, path, job, when }: Which, request: SeenRequest): boolean {
  return (
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.path)) &&
    (job === undefined || job === request.job) &&
    (when === undefined || when(request))
  );
}

/** What is no answer. */
export function misbehave(
  kind: 'cut' | 'hang' | 'garbage' | 'half',
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const { socket } = incoming;
  if (kind === 'hang') return;
  if (kind === 'cut') return void socket.destroy();
  if (kind === 'garbage') return void socket.end('\u0000\u0001 this is no HTTP at all\r\n\r\n');
  outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '4096' });
  outgoing.write('{"id": 1, "tok', () => socket.destroy());
}

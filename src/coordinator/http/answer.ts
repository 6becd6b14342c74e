import type { Readable } from 'node:stream';

/** What a handler answers. `body`: JSON, unless it is bytes, text or a stream, which then name their media type in `headers`. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | number>>;
}

export interface StreamAnswer extends Answer {
  readonly body: Readable;
}

/**
 * An answer that may be long in coming, to one of ten thousand who wait: until then no promise, no signal and no body of its request is kept. `later` is
 * called at once, with how to answer, which is to be done once. It returns what is called, perhaps more than once, when the connection is gone or the
 * server shuts down: then the answer has to come soon, if it has not.
 */
export interface Later {
  readonly later: (answer: (answer: Promise<Answer>) => void) => () => void;
}

export function ok(body: unknown, headers?: Answer['headers']): Answer {
  return { status: 200, body, ...(headers === undefined ? {} : { headers }) };
}

export function created(body: unknown, headers?: Answer['headers']): Answer {
  return { status: 201, body, ...(headers === undefined ? {} : { headers }) };
}

export function noContent(): Answer {
  return { status: 204 };
}

export function text(body: string | Uint8Array, type = 'text/plain; charset=utf-8', status = 200): Answer {
  return { status, body, headers: { 'content-type': type } };
}

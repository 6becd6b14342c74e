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

import type { ServerResponse } from 'node:http';
import type { OpenRequest } from './seen-request.ts';

/** What the server answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | Buffer | string;
}

/** As GitLab words it: `{"message":"403 Forbidden"}`. */
export function refuse(status: number, words: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: { message: `${status} ${words}` } };
}

/** Resolves with whether it could be written to an open connection. */
export async function send(
  outgoing: ServerResponse,
  seen: OpenRequest,
  { status, headers = {}, body }: Answer,
  at: number,
): Promise<boolean> {
  if (outgoing.destroyed || outgoing.socket?.destroyed === true) return false;
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const type = isJson ? { 'Content-Type': 'application/json' } : {};
  seen.answer = { status, headers, at };
  outgoing.writeHead(status, { ...type, ...headers });
  const bytes = isJson ? JSON.stringify(body) : (body ?? '');
  return await new Promise((resolve) => {
    outgoing.once('close', () => resolve(outgoing.writableFinished));
    outgoing.end(bytes);
  });
}

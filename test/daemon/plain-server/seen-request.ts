import type { IncomingMessage } from 'node:http';

/** A request as it came in, and what it was answered. */
export interface SeenRequest {
  /** From 1, in the order in which their heads came in. */
  readonly number: number;
  /** Ms since the server was started. */
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As written: names with their case, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Filled when the whole body is there. */
  readonly body: Buffer;
  /** The body, when it is JSON; else null. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever a runner sends
  readonly json: any;
  /** The job that its path names; null: none. */
  readonly job: number | null;
  /** The job that was handed out in answer to it; null: none. */
  readonly handedOut: number | null;
  /** Null until there is one, and when it was never answered. */
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly at: number;
  } | null;
}

export type OpenRequest = { -readonly [K in keyof SeenRequest]: SeenRequest[K] };

export function openRequest(incoming: IncomingMessage, number: number, at: number): OpenRequest {
  const path = incoming.url ?? '';
  const raw = incoming.rawHeaders;
  const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
  const job = /^\/api\/v4\/jobs\/(\d+)/.exec(path)?.[1];
  return {
    number,
    at,
    method: incoming.method ?? '',
    path,
    headers,
    body: Buffer.alloc(0),
    json: null,
    job: job === undefined ? null : Number(job),
    handedOut: null,
    answer: null,
  };
}

export async function readBody(incoming: IncomingMessage, seen: OpenRequest): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  seen.body = Buffer.concat(chunks);
  if (!headerOf(seen, 'content-type').startsWith('application/json')) return;
  try {
    seen.json = JSON.parse(seen.body.toString());
  } catch {
    // What is no JSON is answered with 400.
  }
}

/** Empty when it was not sent. */
export function headerOf({ headers }: Pick<SeenRequest, 'headers'>, name: string): string {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}

import { Failure } from '../../base/index.ts';

/** One request, and how long it may take, its whole answer included. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** From the root of the coordinator. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer> | FormData;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends it and resolves with the answer, whatever its status.
 * @throws Failure `coordinator_unreachable`: no answer, also when `signal` aborts or the time is over
 */
export async function ask(
  url: string,
  { method, path, headers, json, body, timeoutMs, signal }: Request,
): Promise<Response> {
  const limits = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  try {
    return await fetch(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
      signal: AbortSignal.any(limits),
      redirect: 'error',
    });
  } catch (cause) {
    throw new Failure('coordinator_unreachable', `${method} ${url}${path.replace(/\?.*/, '')}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** `fetch` says "fetch failed" and hides why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

/** For whoever does not read the answer: the connection is free again. */
export async function drop(answer: Response): Promise<void> {
  await answer.body?.cancel().catch(() => {});
}

/** Whether the same request may be answered otherwise later: the coordinator restarts, is busy, or is not what answered. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

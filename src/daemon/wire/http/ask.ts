import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { describeError, Failure } from '../../../base/index.ts';
import type { Server } from './server.ts';
import type { Exchange } from './transport.ts';
import { wantedPauseMs } from './wanted-pause.ts';

/** One request, and how long it may take. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the server. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** A stream is made anew for each try. */
  readonly body?: Uint8Array | (() => Readable);
  /** Of each try, its whole answer included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Tries in all for answers that may be others later. Default: 5, as GitLab's runner has it. */
  readonly tries?: number;
  /** When the server wants a longer pause than one waits here, its answer is given back at once; else the pause is cut short. */
  readonly givesLongPauseBack?: boolean;
}

/** No report waits longer than that because a server says so: what it tells is wanted. */
const LONGEST_PAUSE_MS = 10_000;
/** With `givesLongPauseBack`. */
const QUICK_PAUSE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const TRIES = 5;
const MOST_REDIRECTS = 10;

/**
 * Sends it and resolves with the answer, whatever its status; asks again, a few times, while that says that the server is busy or broken. No answer is an end at
 * once: whoever asks knows better what to do then.
 * @throws Failure `coordinator_unreachable`: no answer, also when `signal` aborts or the time is over
 */
export async function ask(server: Server, request: Request): Promise<Response> {
  const { signal, tries = TRIES, givesLongPauseBack = false } = request;
  const longestMs = givesLongPauseBack ? QUICK_PAUSE_MS : LONGEST_PAUSE_MS;
  // The same for all tries: it is one call.
  const requestId = randomBytes(16).toString('hex');
  for (let turn = 1; ; turn += 1) {
    const answer = await tryOnce(server, request, requestId);
    if (turn >= tries || !isBusy(answer.status)) return noted(answer, turn);
    const wantedMs = wantedPauseMs(answer.headers, server.clock.now());
    if (givesLongPauseBack && (wantedMs ?? 0) > longestMs) return noted(answer, turn);
    await drop(answer);
    const ownMs = FIRST_PAUSE_MS * 2 ** (turn - 1) * (0.75 + Math.random() / 2);
    await server.clock.sleep(Math.min(wantedMs ?? ownMs, longestMs), signal);
    if (signal?.aborted) throw unreachable(server, request, signal.reason);
  }
}

const turns = new WeakMap<Response, number>();

function noted(answer: Response, turn: number): Response {
  turns.set(answer, turn);
  return answer;
}

/** Whether it took more than one try. */
export function wasRetried(answer: Response): boolean {
  return (turns.get(answer) ?? 1) > 1;
}

async function tryOnce(server: Server, request: Request, requestId: string): Promise<Response> {
  const { json, body, timeoutMs, signal } = request;
  const limits = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const exchange: Exchange = {
    method: request.method,
    url: new URL(`${server.url()}${request.path}`),
    headers: {
      'User-Agent': server.userAgent,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...request.headers,
      'X-Request-Id': requestId,
    },
    body: json === undefined ? (body ?? null) : Buffer.from(JSON.stringify(json)),
    signal: AbortSignal.any(limits),
  };
  try {
    return await follow(server, exchange, json !== undefined);
  } catch (cause) {
    throw unreachable(server, request, cause);
  }
}

/**
 * 307 and 308 are followed with the same method and body, others only where nothing is sent. Another host is told no token, and none goes from https to http: what has one in
 * its body does not go there.
 */
async function follow({ transport }: Server, first: Exchange, hasTokenInBody: boolean): Promise<Response> {
  let exchange = first;
  for (let left = MOST_REDIRECTS; ; left -= 1) {
    const answer = await transport.exchange(exchange);
    const { status } = answer;
    const isSame = status === 307 || status === 308;
    const isFollowed = isSame || (exchange.method === 'GET' && [301, 302, 303].includes(status));
    const url = URL.parse(answer.headers.get('location') ?? '', exchange.url.href);
    if (!isFollowed || url === null || !/^https?:$/.test(url.protocol) || left === 0) return answer;
    const isElsewhere =
      url.host !== exchange.url.host || (exchange.url.protocol === 'https:' && url.protocol === 'http:');
    if (isElsewhere && hasTokenInBody) return answer;
    await drop(answer);
    exchange = { ...exchange, url, headers: isElsewhere ? withoutTokens(exchange.headers) : exchange.headers };
  }
}

function withoutTokens(headers: Exchange['headers']): Exchange['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/-token$/i.test(name)));
}

function unreachable({ url }: Server, { method, path }: Request, cause: unknown): Failure {
  const where = `${method} ${url()}${path.replace(/\?.*/, '')}`;
  return new Failure('coordinator_unreachable', `${where}: ${describeError(cause)}`, { cause });
}

/** What is of no use to anybody, so that the connection is: the little that there usually is is read. */
export async function drop(answer: Response): Promise<void> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  let left = 65_536;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.length;
      if (left < 0) return await reader.cancel();
    }
  } catch {
    // It broke off, and the connection with it.
  }
}

/** Whether GitLab's runner sends the same again at once. */
function isBusy(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status) || status >= 512;
}

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { errorCode } from '../../../base/index.ts';

export interface Sent {
  readonly method: string;
  /** As it stands in the request: nothing is made regular. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Came {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly json: any;
}

/** A request that has no answer by then hangs. */
const HANGS_MS = 10_000;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** One request over a socket. Of an answer that does not end by itself (a stream of events) its head. */
export async function send(port: number, sent: Sent): Promise<Came> {
  const { method, path, headers = {}, body } = sent;
  const { promise, resolve, reject } = Promise.withResolvers<Came>();
  const signal = AbortSignal.timeout(HANGS_MS);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { port, host: '127.0.0.1', method, path, headers: { ...length, ...headers }, agent, signal };
  const asked = request(options, (answer) => {
    const { statusCode: status = 0, headers: shown } = answer;
    if (shown['content-type']?.startsWith('text/event-stream') && method !== 'HEAD') {
      asked.destroy();
      resolve({ status, headers: shown, text: '', json: null });
      return;
    }
    buffer(answer).then((bytes) => {
      const text = bytes.toString();
      const isJson = shown['content-type']?.startsWith('application/json') === true && text !== '';
      resolve({ status, headers: shown, text, json: isJson ? JSON.parse(text) : null });
    }, reject);
  });
  asked.on('error', reject);
  asked.end(body);
  try {
    return await promise;
  } catch (cause) {
    // The server has closed a connection that was kept, which is its right; the request never reached it.
    if (asked.reusedSocket && errorCode(cause) === 'ECONNRESET') return await send(port, sent);
    throw new Error(`no answer to ${method} ${path}`, { cause });
  }
}

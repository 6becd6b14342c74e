import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as sendHttp } from 'node:http';
import { request as sendHttps } from 'node:https';
import { Readable } from 'node:stream';
import { errorCode } from '../../../base/index.ts';
import { explainTls } from './explain-tls.ts';
import { openSecureAgents, type TlsFiles } from './secure-agent.ts';

/** One exchange, no more: what is sent where, and the answer once its head is there. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes are sent with their length; a stream, made anew for each exchange, in chunks. */
  readonly body: Uint8Array | (() => Readable) | null;
  /** Ends it, the body of the answer included. */
  readonly signal: AbortSignal;
}

/** Connections to servers, kept while they are of use. */
export interface Transport {
  exchange(exchange: Exchange): Promise<Response>;
  /** Connections that nobody uses now may be dead without a word: they are not used again. */
  dropIdle(): void;
}

export interface TransportOptions {
  readonly tls: TlsFiles | null;
  /** How long a connection is kept that nobody uses. */
  readonly connectionMaxAgeMs: number;
}

/** The files are read when the first connection needs them, and again when they have changed. */
export function openTransport({ tls, connectionMaxAgeMs }: TransportOptions): Transport {
  const keep = { keepAlive: true, timeout: connectionMaxAgeMs };
  const plain = new HttpAgent(keep);
  const secure = openSecureAgents(tls, keep);
  let latest = plain;
  return {
    dropIdle() {
      for (const socket of Object.values(latest.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
    },
    async exchange(exchange) {
      const { url, headers } = exchange;
      const agent = url.protocol === 'http:' ? plain : secure();
      latest = agent;
      try {
        return await once(exchange, agent);
      } catch (error) {
        // Kept by us and closed by the server in the same moment: nobody has read what was sent.
        if (error instanceof StaleConnection) {
          return await once({ ...exchange, headers: { ...headers, connection: 'close' } }, agent);
        }
        throw explainTls(error, url, tls);
      }
    },
  };
}

class StaleConnection extends Error {}

async function once({ method, url, headers, body, signal }: Exchange, agent: HttpAgent): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const options: RequestOptions = { method, headers, agent, signal };
  const send = url.protocol === 'http:' ? sendHttp : sendHttps;
  const outgoing = send(url, options, (incoming) => {
    // What is thrown here nobody would catch: the process would end.
    try {
      resolve(answerOf(incoming));
    } catch (error) {
      incoming.destroy();
      reject(error);
    }
  });
  // Unheard, it would leave us without an answer and without an error.
  outgoing.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new Error('the server answers 101, which nobody has asked for'));
  });
  outgoing.on('error', (error) => {
    const isStale = outgoing.reusedSocket && typeof body !== 'function' && errorCode(error) === 'ECONNRESET';
    reject(isStale ? new StaleConnection('', { cause: error }) : error);
  });
  if (typeof body !== 'function') {
    if (body !== null) outgoing.setHeader('content-length', body.length);
    outgoing.end(body ?? undefined);
  } else {
    const stream = body();
    stream.on('error', (error) => outgoing.destroy(error));
    outgoing.on('close', () => stream.destroy());
    stream.pipe(outgoing);
  }
  return await promise;
}

/** Statuses of which no answer has a body. */
const BARE: ReadonlySet<number> = new Set([204, 205, 304]);

function answerOf(incoming: IncomingMessage): Response {
  const { statusCode = 0, rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  // Whoever reads the body hears of its trouble; nobody may.
  incoming.on('error', () => {});
  if (statusCode < 200 || statusCode > 599) throw new Error(`the server answers ${statusCode}, which is no status`);
  if (!BARE.has(statusCode)) {
    return new Response(Readable.toWeb(incoming) as ReadableStream, { status: statusCode, headers });
  }
  incoming.resume();
  return new Response(null, { status: statusCode, headers });
}

import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as sendHttp } from 'node:http';
import { Agent as HttpsAgent, request as sendHttps } from 'node:https';
import { Readable } from 'node:stream';
import { errorCode } from '../../../base/index.ts';

/** PEM files; absolute. */
export interface TlsFiles {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

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
}

export interface TransportOptions {
  readonly tls: TlsFiles | null;
  /** How long a connection is kept that nobody uses. */
  readonly connectionMaxAgeMs: number;
}

/** The files are read when the first connection needs them, and again until that has worked. */
export function openTransport({ tls, connectionMaxAgeMs }: TransportOptions): Transport {
  const keep = { keepAlive: true, timeout: connectionMaxAgeMs };
  const plain = new HttpAgent(keep);
  let secure: HttpsAgent | null = null;
  const agentFor = ({ protocol }: URL): HttpAgent => {
    if (protocol === 'http:') return plain;
    secure ??= new HttpsAgent({ ...keep, minVersion: 'TLSv1.2', ...(tls === null ? {} : read(tls)) });
    return secure;
  };
  return {
    async exchange(exchange) {
      const agent = agentFor(exchange.url);
      try {
        return await once(exchange, agent);
      } catch (error) {
        // Kept by us and closed by the server in the same moment: nobody has read what was sent.
        if (!(error instanceof StaleConnection)) throw error;
        return await once({ ...exchange, headers: { ...exchange.headers, connection: 'close' } }, agent);
      }
    },
  };
}

class StaleConnection extends Error {}

function read({ caFile, certFile, keyFile }: TlsFiles): Readonly<Record<string, Buffer>> {
  const files = { ca: caFile, cert: certFile, key: keyFile };
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, path]) => (path === null ? [] : [[name, readFileSync(path)]])),
  );
}

async function once({ method, url, headers, body, signal }: Exchange, agent: HttpAgent): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const options: RequestOptions = { method, headers, agent, signal };
  const send = url.protocol === 'http:' ? sendHttp : sendHttps;
  const outgoing = send(url, options, (incoming) => resolve(answerOf(incoming)));
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
  if (!BARE.has(statusCode)) {
    return new Response(Readable.toWeb(incoming) as ReadableStream, { status: statusCode, headers });
  }
  incoming.resume();
  return new Response(null, { status: statusCode, headers });
}

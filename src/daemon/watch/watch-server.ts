import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, describeError, Failure, PROMETHEUS_TEXT } from '../../base/index.ts';
import { jobsPage } from './jobs-page.ts';
import type { ListenAddress } from './listen-address.ts';
import { metricsPage } from './metrics-page.ts';
import type { RunnerMetrics } from './runner-metrics.ts';

export interface WatchServerOptions {
  readonly address: ListenAddress;
  readonly metrics: RunnerMetrics;
  readonly clock: Clock;
  readonly version: string;
}

export interface WatchServer {
  /** Such as `http://127.0.0.1:9252`. */
  readonly url: string;
  /** Cuts off whoever still reads. */
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

/** A page is made at once and read at once: whoever needs longer is no monitor. */
const ANSWER_MS = 10_000;
const HEADERS_MS = 5_000;
const MOST_CONNECTIONS = 64;
const MOST_HEADER_BYTES = 8_192;

/**
 * Shows the runner to whoever can reach the address: figures and jobs, no token, no variable, no log. Takes no orders, and so reads no body.
 * @throws Failure `address_unusable`
 */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: ANSWER_MS,
      keepAliveTimeout: HEADERS_MS,
      connectionsCheckingInterval: HEADERS_MS,
    },
    (request, response) => answer(request, response, options),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(ANSWER_MS);
  const { host, port } = options.address;
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('listening', resolve).once('error', reject);
  server.listen({ port, ...(host === '' ? {} : { host }) });
  try {
    await listening;
  } catch (error) {
    const why = describeError(error);
    throw new Failure('address_unusable', `cannot listen on ${host}:${port}: ${why}`, { cause: error });
  }
  // Nothing of the runner depends on who looks at it: neither its life nor its end. (What cannot be accepted, for want of descriptors, is an error of the server.)
  server.on('error', () => {});
  server.unref();
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host || 'localhost'}:${boundPort}`,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer({ method, url = '/' }: IncomingMessage, response: ServerResponse, options: WatchServerOptions): void {
  const isKnown = method === 'GET' || method === 'HEAD';
  const {
    status,
    type = 'text/plain; charset=utf-8',
    text,
  } = isKnown ? pageOf(url.replace(/[?#].*$/s, ''), options) : { status: 405, text: 'only GET and HEAD\n' };
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    ...(url.startsWith('/debug/jobs/list') ? { 'x-list-version': '2' } : {}),
  };
  response.writeHead(status, headers);
  response.end(method === 'HEAD' ? undefined : text);
}

function pageOf(path: string, { metrics, clock, version }: WatchServerOptions): Page {
  switch (path) {
    case '/metrics':
      return { status: 200, type: PROMETHEUS_TEXT, text: metricsPage(metrics, version) };
    case '/debug/jobs/list':
      return { status: 200, text: jobsPage(metrics, clock.now()) };
    case '/health/live':
      return { status: 200, text: 'alive\n' };
    case '/health/ready':
      return readiness(metrics);
    default:
      return { status: 404, text: 'there are /metrics, /debug/jobs/list, /health/ready and /health/live\n' };
  }
}

/** Whether a job that waits for this runner would be taken. */
function readiness({ state, entries }: RunnerMetrics): Page {
  if (state !== 'running') return { status: 503, text: `${state}\n` };
  const isFit = entries.length === 0 || entries.some(({ quarantinedSince }) => quarantinedSince === null);
  return isFit ? { status: 200, text: 'ready\n' } : { status: 503, text: 'quarantined\n' };
}

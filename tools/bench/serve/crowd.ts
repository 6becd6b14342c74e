import { connect, type Socket } from 'node:net';

const OPEN_AT_ONCE = 100;
const TIMEOUT_MS = 60_000;

/** So many connections that each send one request and hold on, opened a hundred at a time. `text`: of the n-th one, whole. `onData` gets what comes back. */
export async function hold(
  url: string,
  many: number,
  { text, onData }: { readonly text: (at: number) => string; readonly onData: (bytes: Buffer, at: number) => void },
): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  for (let at = 0; at < many; at += OPEN_AT_ONCE) {
    const some = Array.from({ length: Math.min(OPEN_AT_ONCE, many - at) }, (_, more) => at + more);
    sockets.push(...(await Promise.all(some.map((each) => holdOne(each)))));
  }
  return sockets;

  async function holdOne(at: number): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = connect(Number(port), hostname);
    const timer = setTimeout(() => reject(new Error(`connection ${at}: not open in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    socket.once('error', reject);
    socket.on('data', (bytes) => onData(bytes, at));
    socket.once('connect', () => {
      socket.write(text(at), () => resolve(socket));
    });
    return await promise.finally(() => clearTimeout(timer));
  }
}

/** A request as bytes. */
export function requestText(
  url: string,
  {
    method,
    path,
    headers,
    body = '',
  }: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): string {
  const all = { host: new URL(url).host, 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

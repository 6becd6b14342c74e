import { connect, createServer, type Server, type Socket } from 'node:net';

// Between a runner and its engine: passes everything on, and ends connections where a test says so.

export interface Cut {
  /** Of the request's first line: `POST /v1.44/exec/…/start`. */
  readonly request: RegExp;
  /**
   * `before` it reaches the engine · `answer`: the engine has it, and what it answers is lost · `down`: after so many bytes of the answer · `up`: after so many bytes of what is sent (its head counts) ·
   * `late`: when more is sent, which reaches the engine at `release`.
   */
  readonly at: 'before' | 'answer' | 'down' | 'up' | 'late';
  /** For `down` and `up`. */
  readonly bytes?: number;
  /** How often; for ever where nothing is said. */
  times?: number;
}

export interface CuttingProxy extends AsyncDisposable {
  /** For a runner. */
  readonly host: string;
  /** What is to be cut from here on. */
  cuts: Cut[];
  /** How many connections were cut. */
  readonly count: () => number;
  /** Passes on what was cut `late`, and waits until the engine has ended it. */
  release(): Promise<void>;
  /** Nothing is connected until it is false again. */
  isDown: boolean;
}

/** @param engine `unix:///path` or `tcp://host:port` */
export async function openCuttingProxy(engine: string): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const late: { readonly upstream: Socket; readonly bytes: Buffer }[] = [];
  let count = 0;
  const server = createServer((client) => {
    if (proxy.isDown) return void client.destroy();
    const upstream = toEngine(engine);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    pass(client, upstream, {
      find: (line) => proxy.cuts.find(({ request, times }) => times !== 0 && request.test(line)) ?? null,
      was(cut) {
        count += 1;
        if (cut.times !== undefined) cut.times -= 1;
      },
      late: (socket, bytes) => late.push({ upstream: socket, bytes }),
    });
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CuttingProxy = {
    host: `tcp://127.0.0.1:${portOf(server)}`,
    cuts: [],
    count: () => count,
    isDown: false,
    async release() {
      const ended = late.map(({ upstream, bytes }) => {
        const over = new Promise((resolve) => upstream.once('close', resolve));
        upstream.write(bytes);
        upstream.resume();
        return over;
      });
      late.length = 0;
      await Promise.all(ended);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

interface Rules {
  find(line: string): Cut | null;
  was(cut: Cut): void;
  /** It has been cut off from its client. */
  late(upstream: Socket, bytes: Buffer): void;
}

function pass(client: Socket, upstream: Socket, rules: Rules): void {
  let cut: Cut | null = null;
  let up = 0;
  let down = 0;
  let isLate = false;
  const end = (): void => {
    if (isLate) return;
    client.destroy();
    upstream.destroy();
  };
  const cutHere = (): void => {
    if (cut !== null) rules.was(cut);
    cut = null;
    end();
  };
  for (const socket of [client, upstream]) socket.on('error', end).once('close', end);
  client.on('data', (bytes: Buffer) => {
    const isRequest = /^(GET|POST|PUT|DELETE) \S+ HTTP/.test(bytes.toString('latin1', 0, 300));
    if (cut?.at === 'late' && !isRequest) {
      isLate = true;
      rules.was(cut);
      client.destroy();
      return rules.late(upstream, bytes);
    }
    const [first = ''] = bytes.toString('latin1', 0, 300).split('\r\n');
    if (isRequest) {
      cut = rules.find(first);
      up = 0;
      down = 0;
    }
    if (cut?.at === 'before') return cutHere();
    const limit = cut?.at === 'up' ? (cut.bytes ?? 0) : Number.POSITIVE_INFINITY;
    upstream.write(bytes.subarray(0, Math.max(0, limit - up)));
    up += bytes.length;
    if (up > limit) setImmediate(cutHere);
  });
  upstream.on('data', (bytes: Buffer) => {
    if (cut?.at === 'answer') return cutHere();
    const limit = cut?.at === 'down' ? (cut.bytes ?? 0) : Number.POSITIVE_INFINITY;
    if (down + bytes.length > limit) {
      upstream.pause();
      client.write(bytes.subarray(0, limit - down), () => cutHere());
      return;
    }
    down += bytes.length;
    if (isLate || client.write(bytes)) return;
    upstream.pause();
    client.once('drain', () => upstream.resume());
  });
}

function toEngine(engine: string): Socket {
  const url = new URL(engine);
  return url.protocol === 'unix:' ? connect(url.pathname) : connect(Number(url.port), url.hostname);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was asked for');
  return address.port;
}

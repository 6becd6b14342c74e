import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const TIMEOUT_MS = 120_000;

/** One connection that stays open, one call at a time: what a runner has. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** @throws on any answer that is not 2xx, with what was said. */
  async call({ method, path, headers = {}, body }: Call): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const json =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { agent: this.#agent, method, headers: { ...json, ...headers }, timeout: TIMEOUT_MS };
    const asking = request(`${this.#base}${path}`, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const reply = {
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        };
        if (reply.status >= 200 && reply.status < 300) resolve(reply);
        else reject(new Error(`${method} ${path}: ${reply.status} ${reply.text.slice(0, 300)}`));
      });
    });
    asking.once('timeout', () => asking.destroy(new Error(`${method} ${path}: no answer in ${TIMEOUT_MS} ms`)));
    asking.once('error', reject);
    asking.end(body);
    return await promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

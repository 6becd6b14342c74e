import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

/** What stands before a server and speaks https for it, as many do it; what comes is passed on as it is. */
export class TlsFront {
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** Of whom connections were made: the name in the certificate that was shown, or none. */
  readonly clients: (string | null)[] = [];
  /** Port of the server behind, on this machine. */
  target = 0;

  private constructor(options: TlsOptions) {
    this.#server = createServer(options, (socket) => this.#pass(socket));
    this.#server.on('tlsClientError', (_, socket) => socket.destroy());
  }

  static async start(options: TlsOptions): Promise<TlsFront> {
    const front = new TlsFront(options);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** New connections are shown this certificate. */
  show(options: TlsOptions): void {
    this.#server.setSecureContext(options);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #pass(socket: TLSSocket): void {
    this.clients.push(socket.getPeerCertificate().subject?.CN?.toString() ?? null);
    this.#sockets.add(socket);
    const onward = connect(this.target, '127.0.0.1');
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      onward.destroy();
    });
    onward.on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  }
}

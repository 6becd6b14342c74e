import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '../../support/wait-until.ts';

/** Takes datagrams at a unix socket, prints each as hexadecimal digits, and ends with its standard input. Node has no such sockets. */
const RECEIVER = `
use strict; use Socket; $| = 1;
my $name = shift; $name =~ s/^@/\\0/;
socket(my $in, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($in, pack_sockaddr_un($name)) or die $!;
print "bound\\n";
my $want = ''; vec($want, fileno($in), 1) = 1; vec($want, 0, 1) = 1;
while (select(my $ready = $want, undef, undef, undef) > 0) {
  exit if vec($ready, 0, 1);
  defined recv($in, my $words, 65536, 0) or die $!;
  print unpack('H*', $words), "\\n";
}`;

/** A socket as systemd has it for its services. */
export class NotifySocket {
  readonly #process: ChildProcess;
  #output = '';
  #complaint = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString();
    });
  }

  /** `name`: a path, or `@` and the name of an abstract one. */
  static async open(name: string): Promise<NotifySocket> {
    const socket = new NotifySocket(spawn('perl', ['-e', RECEIVER, name], { stdio: ['pipe', 'pipe', 'pipe'] }));
    await waitUntil('the socket is there', () => {
      if (socket.#process.exitCode !== null) throw new Error(socket.#complaint);
      return socket.#output.startsWith('bound\n');
    });
    return socket;
  }

  /** What was said so far, a message each. */
  get messages(): readonly Readonly<Record<string, string>>[] {
    const lines = this.#output.split('\n').slice(1, -1);
    return lines.map((line) => fieldsOf(Buffer.from(line, 'hex').toString())).filter((words) => !('BARRIER' in words));
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}

function fieldsOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*$/, ''), line.replace(/^[^=]*=/, '')]));
}

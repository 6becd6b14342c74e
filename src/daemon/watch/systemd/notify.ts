import { spawn } from 'node:child_process';

/** Of a message to a service manager: `READY`, `STATUS`, …; values have no line break. */
export type Words = Readonly<Record<string, string>>;

export interface NotifyOptions {
  /** A path, or `@` and the name of an abstract socket. */
  readonly socket: string;
  /** Where `systemd-notify` is looked for. */
  readonly path: string;
}

/** It waits until systemd has read the message, for up to 5 s of its own. */
const LONGEST_MS = 7_000;

/**
 * Sends one message. The socket is one of datagrams, for which Node has no call; `systemd-notify` is there wherever systemd is, and waits until it has been
 * heard, so that systemd still finds the process that it came from (the unit has to say `NotifyAccess=all`: it is not the main one).
 * @returns why it could not; null: it was sent. Never rejects.
 */
export async function notify(words: Words, { socket, path }: NotifyOptions): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const args = Object.entries(words).map(([name, value]) => `${name}=${value.replaceAll(/\s+/g, ' ')}`);
  const child = spawn('systemd-notify', args, {
    env: { PATH: path, NOTIFY_SOCKET: socket },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-500);
  });
  child.once('error', (error) => resolve(`systemd-notify cannot be started: ${error.message}`));
  child.once('close', (code, signal) =>
    resolve(code === 0 ? null : `systemd-notify ended with ${signal ?? code}: ${complaint.trim()}`),
  );
  return await promise;
}

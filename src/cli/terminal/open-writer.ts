import { constants, fstatSync, openSync, statSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';

/** Writes some of `bytes` and resolves to how many. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

const writeFile = promisify(write);

/**
 * How to write to standard output or error so that a reader who stands still blocks nothing, not even a thread: Node waits for its threads
 * when it exits, and would wait for the reader with them.
 */
export function openWriter(fd: 1 | 2): WriteSome {
  const kind = fstatSync(fd);
  if (kind.isSocket()) return socketWriter(fd);
  const own = kind.isFIFO() || isatty(fd) ? openNonBlocking(fd) : fd;
  return async (bytes) => (await writeFile(own, bytes)).bytesWritten;
}

/** What is written goes nowhere: whoever redirected it there did not want to see it. */
export function isNowhere(fd: 1 | 2): boolean {
  const kind = fstatSync(fd);
  return kind.isCharacterDevice() && kind.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/**
 * The same pipe or terminal, opened once more: whether writes block belongs to the opening, and the one that we were given is shared with
 * programs that expect it as it is. Where there is no /proc, or it is not ours to open, that one has to do.
 */
function openNonBlocking(fd: 1 | 2): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}

function socketWriter(fd: 1 | 2): WriteSome {
  const socket = new Socket({ fd, readable: false, writable: true });
  // Reported by each write.
  socket.on('error', () => {});
  return (bytes) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    socket.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
    return promise;
  };
}

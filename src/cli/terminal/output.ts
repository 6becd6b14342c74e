import { write } from 'node:fs';
import { isatty, type WriteStream } from 'node:tty';
import { promisify } from 'node:util';
import { errorCode } from '../../base/index.ts';

/**
 * Standard output or standard error. Writes never throw, never wait and never block the event loop: Node's own
 * `process.stdout` writes to pipes and terminals synchronously, so that a stopped reader would also stop the signals
 * and deadlines that cleanup depends on. Once the reader is gone (EPIPE, EIO) everything is dropped without a word.
 */
export interface Output {
  readonly isTerminal: boolean;
  write(chunk: string | Uint8Array): void;
  /** Undefined while there is room; else resolves when there is room again, or nobody shall wait any more. */
  room(): Promise<void> | undefined;
  /** From now on `room` never makes anybody wait: what does not fit the queue is dropped. For the end of a run. */
  stopWaiting(): void;
  /** Resolves when everything written so far has left, or the reader is gone. */
  flush(): Promise<void>;
  size(): TerminalSize;
  /** Calls back when the terminal's size changed; returns how to stop that. */
  onResize(listener: () => void): () => void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Writes some of `bytes` and resolves to how many. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

const QUEUE_BYTES = 1024 * 1024;
/** With nobody waiting, the queue may grow this far before output is dropped. */
const LAST_QUEUE_BYTES = 16 * QUEUE_BYTES;
const BUSY_RETRY_MS = 5;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

const writeFile = promisify(write);

export function openOutput(fd: 1 | 2): Output {
  const isTerminal = isatty(fd);
  // Only a terminal needs the stream, for its size; making one for a pipe would set the pipe to blocking writes.
  const terminal = isTerminal ? terminalStream(fd) : null;
  return {
    ...queueOutput(async (bytes) => (await writeFile(fd, bytes)).bytesWritten),
    isTerminal,
    size: () => ({
      columns: terminal?.columns || DEFAULT_SIZE.columns,
      rows: terminal?.rows || DEFAULT_SIZE.rows,
    }),
    onResize(listener) {
      terminal?.on('resize', listener);
      return () => terminal?.off('resize', listener);
    },
  };
}

function terminalStream(fd: 1 | 2): WriteStream {
  const stream = fd === 1 ? process.stdout : process.stderr;
  stream.on('error', () => {});
  return stream;
}

type Queue = Pick<Output, 'write' | 'room' | 'stopWaiting' | 'flush'>;

/** The queue behind an output: one write at a time, in order. */
export function queueOutput(writeSome: WriteSome): Queue {
  let waiting: Uint8Array[] = [];
  let queuedBytes = 0;
  let gone = false;
  let nobodyWaits = false;
  let draining: Promise<void> | null = null;
  let roomAgain: PromiseWithResolvers<void> | null = null;

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !gone) {
      const batch = waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting);
      waiting = [];
      gone = !(await writeAll(writeSome, batch));
      queuedBytes -= batch.length;
      if (queuedBytes < QUEUE_BYTES) makeRoom();
    }
    waiting = [];
    makeRoom();
    draining = null;
  }

  function makeRoom(): void {
    roomAgain?.resolve();
    roomAgain = null;
  }

  return {
    write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (gone || bytes.length === 0 || queuedBytes > LAST_QUEUE_BYTES) return;
      waiting.push(bytes);
      queuedBytes += bytes.length;
      draining ??= drain();
    },
    room() {
      if (gone || nobodyWaits || queuedBytes < QUEUE_BYTES) return undefined;
      roomAgain ??= Promise.withResolvers<void>();
      return roomAgain.promise;
    },
    stopWaiting() {
      nobodyWaits = true;
      makeRoom();
    },
    async flush() {
      while (draining !== null) await draining;
    },
  };
}

/** False: the reader is gone. */
async function writeAll(writeSome: WriteSome, bytes: Uint8Array): Promise<boolean> {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(await writeSome(rest));
    } catch (error) {
      // A pipe that somebody else set to non-blocking is merely full; any other error means that the reader is gone.
      if (errorCode(error) !== 'EAGAIN') return false;
      await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
    }
  }
  return true;
}

import { setImmediate, setTimeout } from 'node:timers/promises';
import { isatty, type WriteStream } from 'node:tty';
import { errorCode } from '../../base/index.ts';
import { isNowhere, openWriter, type WriteSome } from './open-writer.ts';

/**
 * Standard output or standard error. Writes never throw, never wait and never block the event loop: Node's own
 * `process.stdout` writes to pipes and terminals synchronously, so that a stopped reader would also stop the signals
 * and deadlines that cleanup depends on. Once the reader is gone (EPIPE, EIO) everything is dropped without a word. After any
 * other error, too: it is kept for whoever ends the program.
 */
export interface Output {
  readonly isTerminal: boolean;
  write(chunk: string | Uint8Array): void;
  /** Undefined while there is room; else resolves when there is room again, or the reader was given up. */
  room(): Promise<void> | undefined;
  /** Nobody sees what is written: the reader is gone, or was never there (`/dev/null`). */
  isUnseen(): boolean;
  /** Code of the error that lost output although somebody wants it, such as ENOSPC; null: there was none. */
  failure(): string | null;
  /** How many bytes the reader has taken so far. */
  takenBytes(): number;
  /** From now on everything is dropped, and nobody waits. For a reader who does not read. */
  giveUp(): void;
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

const QUEUE_BYTES = 1024 * 1024;
/** Whoever does not wait for room may let the queue grow this far before output is dropped. */
const LAST_QUEUE_BYTES = 16 * QUEUE_BYTES;
/** A reader that is at work takes what is there within microseconds: looked for at each turn of the event loop, then ever more rarely. */
const BUSY_TURNS = 50;
const LONGEST_RETRY_MS = 50;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

export function openOutput(fd: 1 | 2): Output {
  const isTerminal = isatty(fd);
  // Only a terminal needs the stream, for its size; making one for a pipe would set the pipe to blocking writes.
  const terminal = isTerminal ? terminalStream(fd) : null;
  return {
    ...queueOutput(openWriter(fd), isNowhere(fd)),
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

type Queue = Pick<Output, 'write' | 'room' | 'isUnseen' | 'failure' | 'takenBytes' | 'giveUp' | 'flush'>;

/** The queue behind an output: one write at a time, in order. */
export function queueOutput(writeSome: WriteSome, isNowhere = false): Queue {
  let waiting: Uint8Array[] = [];
  let queuedBytes = 0;
  let gone = isNowhere;
  let failure: string | null = null;
  let takenBytes = 0;
  const givenUp = Promise.withResolvers<void>();
  let draining: Promise<void> | null = null;
  let roomAgain: PromiseWithResolvers<void> | null = null;

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !gone) {
      const batch = waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting);
      waiting = [];
      for (let rest = batch; rest.length > 0 && !gone; ) {
        const { count, error } = await writeAgain(writeSome, rest);
        if (error !== null) [gone, failure] = [true, error];
        takenBytes += count;
        rest = rest.subarray(count);
      }
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
      if (gone || queuedBytes < QUEUE_BYTES) return undefined;
      roomAgain ??= Promise.withResolvers<void>();
      return roomAgain.promise;
    },
    isUnseen: () => gone,
    failure: () => (failure === null || READER_IS_GONE.has(failure) ? null : failure),
    takenBytes: () => takenBytes,
    giveUp() {
      gone = true;
      waiting = [];
      makeRoom();
      givenUp.resolve();
    },
    async flush() {
      while (draining !== null && !gone) await Promise.race([draining, givenUp.promise]);
    },
  };
}

const READER_IS_GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

interface Written {
  readonly count: number;
  /** Code of the error after which nothing more can be written. */
  readonly error: string | null;
}

async function writeAgain(writeSome: WriteSome, bytes: Uint8Array): Promise<Written> {
  for (let tries = 0; ; tries += 1) {
    try {
      return { count: await writeSome(bytes), error: null };
    } catch (error) {
      // A pipe that does not block is merely full; any other error is final.
      const code = errorCode(error) ?? 'EIO';
      if (code !== 'EAGAIN') return { count: 0, error: code };
      if (tries < BUSY_TURNS) await setImmediate();
      else await setTimeout(Math.min(tries - BUSY_TURNS + 1, LONGEST_RETRY_MS));
    }
  }
}
